#include "outputs.hpp"

#include <algorithm>

#include "../error.hpp"

namespace rootae {
namespace {

constexpr std::size_t kContexts = 1 << 16;
constexpr const char* kOdd =
    "a network says other than whole numbers below 1024: the file is damaged";

// An output as a whole number: 0 in place of others, which `right` remembers.
template <class T>
std::uint32_t whole(T y, bool& right) {
  const T inside = y >= 0 && y < T(kOutputs) ? y : T(0);
  const auto found = static_cast<std::int32_t>(inside);
  right &= static_cast<T>(found) == y;
  return static_cast<std::uint32_t>(found);
}

// How many edges lie at or below each output that may be, times a factor.
template <class Entry>
std::vector<Entry> counts(Span<const std::int64_t> edges, std::size_t factor) {
  hold(std::is_sorted(edges.begin(), edges.end()),
       "a table of edges does not ascend: the codec is damaged");
  std::vector<Entry> found(kOutputs);
  const std::int64_t* edge = edges.begin();
  for (std::size_t y = 0; y < kOutputs; ++y) {
    while (edge != edges.end() && *edge <= static_cast<std::int64_t>(y)) ++edge;
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
  bool right = true;
  for (const T y : outputs) whole(y, right);
  hold(right, kOdd);
}

OutputCodes::OutputCodes(Span<const std::int64_t> location)
    : of_(counts<std::int64_t>(location, 1)) {}

template <class T>
void OutputCodes::codes(Span<const T> location, std::int64_t* out) const {
  bool right = true;
  for (std::size_t i = 0; i < location.size(); ++i) out[i] = of_[whole(location[i], right)];
  hold(right, kOdd);
}

OutputContexts::OutputContexts(Span<const std::int64_t> location, Span<const std::int64_t> scale)
    : count_(contexts_of(location.size(), scale.size())),
      location_(counts<std::uint16_t>(location, 1)),
      scale_(counts<std::uint16_t>(scale, location.size() + 1)) {}

template <class T, class Context>
void OutputContexts::contexts(Span<const T> location, Span<const T> scale, Context* out) const {
  const std::uint16_t *of_location = location_.data(), *of_scale = scale_.data();
  bool right = true;
  for (std::size_t i = 0; i < location.size(); ++i) {
    const std::uint32_t l = whole(location[i], right), s = whole(scale[i], right);
    out[i] = static_cast<Context>(of_location[l] + of_scale[s]);
  }
  hold(right, kOdd);
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
