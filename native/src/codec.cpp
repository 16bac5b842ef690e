#include "codec.hpp"

#include <algorithm>

#include "cursor.hpp"
#include "plan/check.hpp"
#include "plan/facts.hpp"
#include "plan/parse.hpp"

namespace rootae {

namespace {

constexpr std::size_t kNetworks = 1 << 15, kNodes = 1 << 17;
constexpr std::uint64_t kWork = 1 << 25;  // numbers a row that they make, or add up

// Few bytes of a network can ask for much, and a frame holds the same bytes many times.
class Budget {
 public:
  void take(const Network& network) {
    nodes_ += network.nodes();
    work_ += network.work();
    hold(nodes_ <= kNodes && work_ <= kWork,
         "the networks of a codec ask for too much together: the file is damaged");
  }

 private:
  std::size_t nodes_ = 0;
  std::uint64_t work_ = 0;
};

std::vector<Network> read_networks(const Plan& plan, Bytes stored, Zstd zstd) {
  const std::vector<std::uint8_t> joined = unpack(stored, zstd, "networks");
  const std::vector<Index> encoders = encoders_of(plan);
  std::vector<Network> networks;
  Budget budget;
  const auto add = [&](Bytes onnx) {
    const auto number = static_cast<Index>(networks.size());
    const bool encodes = std::binary_search(encoders.begin(), encoders.end(), number);
    networks.emplace_back(onnx, encodes ? Role::encoder : Role::decoder);
    budget.take(networks.back());
  };
  each_part(joined, add, kNetworks);
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
