// Feeds a fuzzer's target where there is no libFuzzer: over files, and over so many random changes of each.
//   fuzz_plan [-rounds=N] FILE...
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Data = std::vector<std::uint8_t>;

// Changes, cuts out or copies a few bytes.
Data changed(Data data, std::mt19937_64& random) {
  const std::size_t times = 1 + random() % 3;
  for (std::size_t i = 0; i < times && !data.empty(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(random() % data.size());
    const auto most = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(data.size()) - at);
    const auto size = static_cast<std::ptrdiff_t>(random() % (1 + (most < 40 ? most : 40)));
    const Data part(data.begin() + at, data.begin() + at + size);
    const auto to = static_cast<std::ptrdiff_t>(random() % data.size());
    switch (random() % 4) {
      case 0: data[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random()); break;
      case 1: data.erase(data.begin() + at, data.begin() + at + size); break;
      case 2: data.insert(data.begin() + to, part.begin(), part.end()); break;
      default: data[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << random() % 8);
    }
  }
  return data;
}

}  // namespace

int main(int count, char** arguments) {
  std::mt19937_64 random(0);
  std::size_t rounds = 0;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument.rfind("-rounds=", 0) == 0) {
      rounds = std::strtoull(argument.c_str() + 8, nullptr, 10);
      continue;
    }
    std::ifstream file(argument, std::ios::binary);
    const Data data((std::istreambuf_iterator<char>(file)), {});
    LLVMFuzzerTestOneInput(data.data(), data.size());
    for (std::size_t k = 0; k < rounds; ++k) {
      const Data other = changed(data, random);
      LLVMFuzzerTestOneInput(other.data(), other.size());
    }
    std::printf("%s: %zu bytes, %zu changes\n", arguments[i], data.size(), rounds);
  }
}
