#include "codec.hpp"

#include <algorithm>

#include "cursor.hpp"
#include "plan/check.hpp"
#include "plan/facts.hpp"
#include "plan/parse.hpp"

namespace rootae {

namespace {

std::vector<Network> read_networks(const Plan& plan, Bytes stored, Zstd zstd) {
  const std::vector<std::uint8_t> joined = unpack(stored, zstd, "networks");
  const std::vector<Index> encoders = encoders_of(plan);
  std::vector<Network> networks;
  each_part(joined, [&](Bytes onnx) {
    const auto number = static_cast<Index>(networks.size());
    const bool encodes = std::binary_search(encoders.begin(), encoders.end(), number);
    networks.emplace_back(onnx, encodes ? Role::encoder : Role::decoder);
  });
  return networks;
}

}  // namespace

Codec::Codec(std::string_view plan, Bytes tables, Bytes networks, Zstd frames)
    : plan_(parse(plan)),
      tables_(unpack_tables(tables, frames)),
      networks_(read_networks(plan_, networks, frames)),
      zstd_(frames) {
  std::vector<Ends> ends;
  for (const Network& network : networks_)
    ends.emplace_back(static_cast<std::size_t>(network.inputs()),
                      static_cast<std::size_t>(network.outputs()));
  check(plan_, facts_of(tables_.numbers()), ends);
  for (const Tree& tree : plan_.trees)
    trees_.push_back(std::make_unique<const CompiledTree>(tree, tables_, networks_));
}

}  // namespace rootae
