// What examples/print_column.c reads frames by, where there is no zstd: those of the example.
#include "stored.hpp"

extern "C" std::size_t unzstd(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                              std::size_t out_size) {
  return unpack(in, in_size, out, out_size);
}
