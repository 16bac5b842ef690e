// Any bytes are a network that runs, or are refused. Build with clang++ -fsanitize=fuzzer,address.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "contexts/network.hpp"
#include "error.hpp"

namespace {

constexpr std::size_t kRows = 3;
constexpr std::uint64_t kMost = 1 << 10;  // inputs, and outputs, of networks that are run

template <class T>
void run(const rootae::Network& network) {
  const std::vector<float> ones(kRows, 1.0F);
  const std::vector<const float*> inputs(static_cast<std::size_t>(network.inputs()), ones.data());
  std::vector<T> outputs(static_cast<std::size_t>(network.outputs()) * kRows);
  network.run(rootae::Span<const float* const>(inputs.data(), inputs.size()), kRows,
              rootae::Span<T>(outputs));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto role : {rootae::Role::decoder, rootae::Role::encoder}) {
    try {
      const rootae::Network network(rootae::Bytes(data, size), role);
      const bool small = network.inputs() <= kMost && network.outputs() <= kMost;
      if (role == rootae::Role::encoder || !small) continue;
      network.element() == rootae::Element::float32 ? run<float>(network) : run<double>(network);
    } catch (const rootae::Error&) {
      continue;
    }
  }
  return 0;
}
