#include "grids/segments.hpp"

#include <algorithm>
#include <cmath>

#include "arithmetic.hpp"
#include "bit_cast.hpp"
#include "error.hpp"

namespace rootae::grids {

Segments::Segments(double error) {
  hold(error >= 0x1p-52 && error < 1, "a grid has an error that is not 2^-52 to 1");
  std::uint64_t total = 0, least = std::uint64_t{1} << 62;
  for (int j = 0; j < kSegments; ++j) {
    base_[j] = 1 + static_cast<double>(j) / kSegments;
    const double count = std::ceil((1.0 / kSegments) / ((2 * error) * base_[j]));
    step_[j] = (1.0 / kSegments) / count;
    start_[j] = total;
    total += static_cast<std::uint64_t>(count);
    least = std::min(least, static_cast<std::uint64_t>(count));
  }
  start_[kSegments] = total;
  while (std::uint64_t{2} << bucket_ <= least) ++bucket_;
  std::uint8_t j = 0;
  for (std::uint64_t first = 0; first < total; first += std::uint64_t{1} << bucket_) {
    while (start_[j + 1] <= first) ++j;
    segment_.push_back(j);
  }
}

std::uint64_t Segments::nearest(std::uint64_t mantissa) const noexcept {
  const auto j = mantissa >> 47;
  const double m = bit_cast<double>(mantissa | 0x3ff0000000000000u);
  const double shifted = (m - base_[j]) / step_[j] + kShifter;
  return start_[j] + (bit_cast<std::uint64_t>(shifted) - kShifterBits);
}

}  // namespace rootae::grids
