// From a network's outputs to contexts, or to the codes of lanes without a bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../span.hpp"

namespace rootae {

constexpr std::size_t kOutputs = 1024;  // a network's outputs are 0 ... 1023

// Holds that outputs are whole numbers of 0 ... 1023. T: float or double.
template <class T>
void check_outputs(Span<const T> outputs);

// Which code each output means: the edges of a target's location that lie at or below it.
class OutputCodes {
 public:
  // location: ascending, any number of them.
  explicit OutputCodes(Span<const std::int64_t> location);

  // Writes one code a row. Throws where an output is no whole number of 0 ... 1023.
  template <class T>
  void codes(Span<const T> location, std::int64_t* out) const;

 private:
  std::vector<std::int64_t> of_;
};

// Which context a pair of outputs means: #(E_L, L) + (len(E_L) + 1) * #(E_S, S).
class OutputContexts {
 public:
  // Both ascend. Throws where they are of more than 2^16 contexts.
  OutputContexts(Span<const std::int64_t> location, Span<const std::int64_t> scale);

  // How many contexts there may be.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  // Writes one context a row, as uint8_t (of at most 256) or uint16_t.
  // Throws where an output is no whole number of 0 ... 1023.
  template <class T, class Context>
  void contexts(Span<const T> location, Span<const T> scale, Context* out) const;

 private:
  std::size_t count_;
  std::vector<std::uint16_t> location_, scale_;
};

}  // namespace rootae
