#include "outputs.hpp"

#include <algorithm>

#include "../error.hpp"

namespace rootae {
namespace {

constexpr std::size_t kContexts = 1 << 16;
constexpr const char* kOdd =
    "a network says other than whole numbers below 1024: the file is damaged";

constexpr std::size_t kRows = 512;  // at a time

// At most kRows outputs as whole numbers: the nearest in place of others, and false where there is
// one. In one loop, or two, compilers see branches that they cannot vectorise.
template <class T>
bool whole(const T* __restrict y, std::size_t rows, std::int32_t* __restrict found) {
  constexpr T kLast = kOutputs - 1;
  T inside[kRows];
  for (std::size_t i = 0; i < rows; ++i) inside[i] = y[i] > 0 ? y[i] : T(0);
  for (std::size_t i = 0; i < rows; ++i) inside[i] = inside[i] < kLast ? inside[i] : kLast;
  std::int32_t wrong = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    found[i] = static_cast<std::int32_t>(inside[i]);
    wrong |= static_cast<T>(found[i]) != y[i] ? 1 : 0;
  }
  return wrong == 0;
}

// How many edges lie at or below each output that may be, times a factor: of any number of edges in
// little time, as many lanes may name one table.
template <class Entry>
std::vector<Entry> counts(Span<const std::int64_t> edges, std::size_t factor) {
  std::vector<Entry> found(kOutputs);
  const std::int64_t* edge = edges.begin();
  for (std::size_t y = 0; y < kOutputs; ++y) {
    edge = std::upper_bound(edge, edges.end(), static_cast<std::int64_t>(y));
    found[y] = static_cast<Entry>(static_cast<std::size_t>(edge - edges.begin()) * factor);
  }
  return found;
}

std::size_t contexts_of(std::size_t location, std::size_t scale) {
  const bool fits = location < kContexts && scale < kContexts &&
                    (location + 1) * (scale + 1) <= kContexts;
  hold(fits, "a stage has too many contexts: the codec's plan is damaged");
  return (location + 1) * (scale + 1);
}

}  // namespace

template <class T>
void check_outputs(Span<const T> outputs) {
  std::int32_t found[kRows];
  for (std::size_t at = 0; at < outputs.size(); at += kRows) {
    hold(whole(outputs.data() + at, std::min(kRows, outputs.size() - at), found), kOdd);
  }
}

OutputCodes::OutputCodes(Span<const std::int64_t> location)
    : of_(counts<std::int64_t>(location, 1)) {}

template <class T>
void OutputCodes::codes(Span<const T> location, std::int64_t* out) const {
  std::int32_t found[kRows];
  for (std::size_t at = 0; at < location.size(); at += kRows) {
    const std::size_t rows = std::min(kRows, location.size() - at);
    hold(whole(location.data() + at, rows, found), kOdd);
    for (std::size_t i = 0; i < rows; ++i) out[at + i] = of_[static_cast<std::size_t>(found[i])];
  }
}

OutputContexts::OutputContexts(Span<const std::int64_t> location, Span<const std::int64_t> scale)
    : count_(contexts_of(location.size(), scale.size())),
      location_(counts<std::uint16_t>(location, 1)),
      scale_(counts<std::uint16_t>(scale, location.size() + 1)) {}

template <class T, class Context>
void OutputContexts::contexts(Span<const T> location, Span<const T> scale, Context* out) const {
  const std::uint16_t *of_location = location_.data(), *of_scale = scale_.data();
  std::int32_t l[kRows], s[kRows];
  for (std::size_t at = 0; at < location.size(); at += kRows) {
    const std::size_t rows = std::min(kRows, location.size() - at);
    const bool right = whole(location.data() + at, rows, l) && whole(scale.data() + at, rows, s);
    hold(right, kOdd);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto of = [](const std::uint16_t* table, std::int32_t y) {
        return table[static_cast<std::size_t>(y)];
      };
      out[at + i] = static_cast<Context>(of(of_location, l[i]) + of(of_scale, s[i]));
    }
  }
}

#define ROOTAE_OUTPUTS(T)                                                                    \
  template void check_outputs(Span<const T>);                                                \
  template void OutputCodes::codes(Span<const T>, std::int64_t*) const;                      \
  template void OutputContexts::contexts(Span<const T>, Span<const T>, std::uint8_t*) const; \
  template void OutputContexts::contexts(Span<const T>, Span<const T>, std::uint16_t*) const;
ROOTAE_OUTPUTS(float)
ROOTAE_OUTPUTS(double)
#undef ROOTAE_OUTPUTS

}  // namespace rootae
