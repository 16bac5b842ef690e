#include "streams/states.hpp"

#include <algorithm>

#include "error.hpp"
#include "streams/bits.hpp"

namespace rootae {

namespace {

// A bin's next state leads on by `bits`, or by one less from the power of two on.
struct Bin {
  std::uint32_t x, power;
  unsigned bits;
};

Bin first_of(std::uint32_t weight, unsigned log) noexcept {
  Bin bin{weight, 2, log};
  while (bin.power <= weight) {
    bin.power *= 2;
    --bin.bits;
  }
  return bin;
}

}  // namespace

States::States(unsigned log, Span<const std::uint32_t> weights) {
  const std::uint32_t size = std::uint32_t{1} << log;
  std::uint64_t sum = 0;
  for (const auto weight : weights) sum += weight;
  hold(sum == size, "a pcodec page with other weights than states: the file is damaged");
  nodes_.resize(size);
  const std::uint32_t stride = (3 * size / 5) | 1;
  std::uint32_t at = 0;
  for (std::size_t b = 0; b < weights.size(); ++b) {
    for (std::uint32_t j = 0; j < weights[b]; ++j) {
      nodes_[at].bin = static_cast<std::uint16_t>(b);
      at = (at + stride) & (size - 1);
    }
  }
  std::vector<Bin> bins;
  bins.reserve(weights.size());
  for (const auto weight : weights) {
    bins.push_back(first_of(weight, log));
    widest_ = std::max(widest_, bins.back().bits);
  }
  for (auto& node : nodes_) {
    Bin& bin = bins[node.bin];
    const std::uint32_t x = bin.x++;
    const unsigned bits = bin.bits - (x >= bin.power ? 1 : 0);
    node.base = static_cast<std::uint16_t>((x << bits) - size);
    node.mask = static_cast<std::uint16_t>((1U << bits) - 1);
    node.bits = static_cast<std::uint16_t>(bits);
  }
}

std::size_t States::choose(const std::uint8_t* p, std::size_t at,
                           Span<std::uint16_t> bins) noexcept {
  const Node* const nodes = nodes_.data();
  auto [a, b, c, d] = states_;
  std::uint64_t word = 0;
  const auto step = [&](std::uint64_t& state, std::uint16_t& bin) {
    const Node& node = nodes[state];
    bin = node.bin;
    state = node.base + (word & node.mask);
    word >>= node.bits;
    at += node.bits;
  };
  std::uint16_t* out = bins.data();
  std::size_t left = bins.size();
  for (; left >= 4; left -= 4, out += 4) {
    word = word_at(p + at / 8) >> (at & 7);  // 57 bits or more, of which four states take 56
    step(a, out[0]);
    step(b, out[1]);
    step(c, out[2]);
    step(d, out[3]);
  }
  word = word_at(p + at / 8) >> (at & 7);
  if (left > 0) step(a, out[0]);
  if (left > 1) step(b, out[1]);
  if (left > 2) step(c, out[2]);
  states_ = {a, b, c, d};
  return at;
}

}  // namespace rootae
