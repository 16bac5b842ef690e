// Writes the example of FORMAT.md as files, for examples/print_column.c.
#include <fstream>

#include "example.hpp"
#include "stored.hpp"

namespace {

void write(const std::string& path, const Blob& data) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
}

}  // namespace

int main(int, char** arguments) {
  const std::string folder = std::string(arguments[1]) + "/";
  write(folder + "plan", Blob(example::plan.begin(), example::plan.end()));
  write(folder + "tables", example::no_parts());
  write(folder + "networks", example::no_parts());
  write(folder + "head", example::bytes(example::head_hex));
  write(folder + "blobs", example::bytes(example::blobs_hex));
}
