#include "features.hpp"

#include <algorithm>

#include "../error.hpp"

namespace rootae {
namespace {

constexpr std::uint64_t kWidest = 1 << 20;  // codes of a table over their range
constexpr std::int64_t kExact = 1 << 24;    // whole numbers up to here are float32
constexpr std::size_t kTogether = 8;        // codes that are searched for side by side

std::uint64_t distance(std::int64_t from, std::int64_t to) noexcept {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

// How many of ascending edges lie at or below each of some codes: steps of the same length for all,
// without a branch that could be guessed wrongly.
template <std::size_t count>
void counts(const std::int64_t* edges, std::size_t size, const std::int64_t* codes,
            std::size_t* found) noexcept {
  std::fill(found, found + count, 0);
  for (std::size_t left = size; left > 1;) {
    const std::size_t half = left / 2;
    for (std::size_t j = 0; j < count; ++j) {
      found[j] += edges[found[j] + half - 1] <= codes[j] ? half : 0;
    }
    left -= half;
  }
  if (size == 0) return;
  for (std::size_t j = 0; j < count; ++j) found[j] += edges[found[j]] <= codes[j] ? 1 : 0;
}

}  // namespace

Range range_of(Span<const std::int64_t> codes) noexcept {
  if (codes.empty()) return {};
  constexpr std::size_t kChains = 4;  // so that no comparison waits for the one before
  std::int64_t low[kChains], high[kChains];
  std::fill(low, low + kChains, codes[0]);
  std::fill(high, high + kChains, codes[0]);
  std::size_t i = 0;
  for (; i + kChains <= codes.size(); i += kChains) {
    for (std::size_t j = 0; j < kChains; ++j) {
      low[j] = std::min(low[j], codes[i + j]);
      high[j] = std::max(high[j], codes[i + j]);
    }
  }
  for (; i < codes.size(); ++i) {
    low[0] = std::min(low[0], codes[i]);
    high[0] = std::max(high[0], codes[i]);
  }
  return {*std::min_element(low, low + kChains), *std::max_element(high, high + kChains)};
}

EdgeLookup::EdgeLookup(Span<const std::int64_t> edges, Range range, std::size_t rows)
    : edges_(edges), range_(range) {
  hold(std::is_sorted(edges.begin(), edges.end()),
       "a table of edges does not ascend: the codec is damaged");
  if (range.low > range.high) return;
  const auto first = std::upper_bound(edges.begin(), edges.end(), range.low);
  below_ = static_cast<std::size_t>(first - edges.begin());
  inside_ = static_cast<std::size_t>(std::upper_bound(first, edges.end(), range.high) - first);
  const std::uint64_t span = distance(range.low, range.high);
  if (span >= kWidest || span / 2 >= rows) return;
  if (edges.size() <= UINT8_MAX) {
    fill(narrow_);
  } else if (edges.size() <= UINT16_MAX) {
    fill(wide_);
  }
}

template <class Entry>
void EdgeLookup::fill(std::vector<Entry>& table) const {
  table.resize(static_cast<std::size_t>(distance(range_.low, range_.high)) + 1);
  std::size_t at = 0;
  for (std::size_t i = 0; i <= inside_; ++i) {
    const std::size_t end = i == inside_ ? table.size()
                                         : static_cast<std::size_t>(
                                               distance(range_.low, edges_[below_ + i]));
    const auto bin = static_cast<Entry>(below_ + i);
    std::fill(table.begin() + static_cast<std::ptrdiff_t>(at),
              table.begin() + static_cast<std::ptrdiff_t>(end), bin);
    at = end;
  }
}

template <class T>
void EdgeLookup::search(Span<const std::int64_t> codes, T* out) const {
  const std::int64_t* edges = edges_.data() + below_;
  std::size_t found[kTogether], i = 0;
  for (; i + kTogether <= codes.size(); i += kTogether) {
    counts<kTogether>(edges, inside_, codes.data() + i, found);
    for (std::size_t j = 0; j < kTogether; ++j) out[i + j] = static_cast<T>(below_ + found[j]);
  }
  for (; i < codes.size(); ++i) {
    counts<1>(edges, inside_, codes.data() + i, found);
    out[i] = static_cast<T>(below_ + found[0]);
  }
}

template <class T>
void EdgeLookup::look(Span<const std::int64_t> codes, T* out) const {
  const auto by = [&](const auto* table) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      out[i] = static_cast<T>(table[distance(range_.low, codes[i])]);
    }
  };
  if (!narrow_.empty()) return by(narrow_.data());
  if (!wide_.empty()) return by(wide_.data());
  search(codes, out);
}

template <class T>
void look_at_digit(const Digit& digit, Span<const std::int64_t> codes, T* out) noexcept {
  const std::uint64_t top = digit.top, highest = top << digit.shift;
  const bool whole = highest >> digit.shift == top;
  const std::uint64_t most = whole ? highest : UINT64_MAX;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::int64_t above = std::max(codes[i], digit.low);
    out[i] = static_cast<T>(std::min(distance(digit.low, above), most) >> digit.shift);
  }
}

template <class T>
void look_at_raw(Span<const std::int64_t> codes, T* out) {
  bool exact = true;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    exact &= codes[i] >= -kExact && codes[i] <= kExact;
    out[i] = static_cast<T>(static_cast<std::int32_t>(codes[i]));
  }
  hold(exact, "a network looks at codes beyond 2^24: the file is damaged");
}

#define ROOTAE_LOOKS(T)                                                         \
  template void EdgeLookup::look(Span<const std::int64_t>, T*) const;           \
  template void look_at_digit(const Digit&, Span<const std::int64_t>, T*) noexcept;
ROOTAE_LOOKS(std::uint8_t)
ROOTAE_LOOKS(std::uint16_t)
ROOTAE_LOOKS(std::uint32_t)
ROOTAE_LOOKS(std::int32_t)
ROOTAE_LOOKS(std::int64_t)
ROOTAE_LOOKS(float)
ROOTAE_LOOKS(double)
#undef ROOTAE_LOOKS
template void look_at_raw(Span<const std::int64_t>, float*);
template void look_at_raw(Span<const std::int64_t>, double*);

}  // namespace rootae
