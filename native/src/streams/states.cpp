#include "streams/states.hpp"

#include <algorithm>
#include <vector>

#include "error.hpp"
#include "processor.hpp"
#include "streams/bits.hpp"

namespace rootae {

namespace {

constexpr unsigned kBinAt = 8, kBaseAt = 48;

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

// Makes nodes of the numbers of their bins.
void lead_on(std::uint64_t* nodes, std::uint32_t size, Bin* next,
             const std::uint64_t* bins) noexcept {
  for (std::uint32_t i = 0; i < size; ++i) {
    const std::uint64_t b = nodes[i];
    Bin& bin = next[b];
    const std::uint32_t x = bin.x++;
    const unsigned bits = bin.bits - (x >= bin.power ? 1 : 0);
    const std::uint64_t base = (x << bits) - size;
    nodes[i] = bits | base << kBaseAt | bins[b] << kBinAt;
  }
}

[[nodiscard]] inline std::uint64_t bin_of(std::uint64_t node) noexcept {
  return node << (64 - kBaseAt) >> (64 - kBaseAt + kBinAt);
}

// Goes on by four states at a time, which read one word: of its 57 bits or more they take 56. Where
// the bits of each begin is known before the word is: they do not wait for one another.
template <class Level>
std::size_t choose_from(Level level, const std::uint64_t* nodes,
                        std::array<std::uint64_t, 4>* states, const std::uint8_t* p,
                        std::size_t at, std::uint64_t* __restrict out,
                        std::size_t left) noexcept {
  auto [a, b, c, d] = *states;
  const auto next = [level](std::uint64_t node, std::uint64_t word, std::uint64_t before) {
    return (node >> kBaseAt) + low_bits(level, word >> (before & 63), node);
  };
  // Nodes take the places of their states, as few registers as there are.
  for (std::uint64_t* const end = out + left / 4 * 4; out != end; out += 4) {
    const std::uint64_t word = word_at(p + at / 8);
    std::uint64_t before = at & 7;
    a = nodes[a];
    b = nodes[b];
    c = nodes[c];
    d = nodes[d];
    out[0] = bin_of(a);
    out[1] = bin_of(b);
    out[2] = bin_of(c);
    out[3] = bin_of(d);
    at += ((a + b) + (c + d)) & 0xFF;
    const std::uint64_t m = a, n = b, o = c;
    a = next(m, word, before);
    before += m;
    b = next(n, word, before);
    before += n;
    c = next(o, word, before);
    before += o;
    d = next(d, word, before);
  }
  std::uint64_t* const last[] = {&a, &b, &c};
  for (std::size_t k = 0; k < left % 4; ++k) {
    const std::uint64_t node = nodes[*last[k]];
    out[k] = bin_of(node);
    *last[k] = next(node, word_at(p + at / 8), at & 7);
    at += node & 0xFF;
  }
  *states = {a, b, c, d};
  return at;
}

}  // namespace

States::States(unsigned log, Span<const std::uint32_t> weights, Span<const std::uint64_t> bins) {
  const std::uint32_t size = std::uint32_t{1} << log;
  std::uint64_t sum = 0;
  for (const auto weight : weights) sum += weight;
  hold(sum == size, "a pcodec page with other weights than states: the file is damaged");
  nodes_.resize(size);
  const std::uint32_t stride = (3 * size / 5) | 1;
  std::uint32_t at = 0;
  for (std::size_t b = 0; b < weights.size(); ++b) {
    for (std::uint32_t j = 0; j < weights[b]; ++j) {
      nodes_[at] = b;
      at = (at + stride) & (size - 1);
    }
  }
  std::vector<Bin> next;
  next.reserve(weights.size());
  for (const auto weight : weights) {
    next.push_back(first_of(weight, log));
    widest_ = std::max(widest_, next.back().bits);
  }
  quickly([](auto, auto... all) { lead_on(all...); }, nodes_.data(), size, next.data(),
          bins.data());
}

std::size_t States::choose(const std::uint8_t* p, std::size_t at,
                           Span<std::uint64_t> bins) noexcept {
  return quickly([](auto... all) { return choose_from(all...); }, nodes_.data(), &states_, p, at,
                 bins.data(), bins.size());
}

}  // namespace rootae
