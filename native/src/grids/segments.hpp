// An octave cut into 32 segments of equally spaced points.
#pragma once

#include <cstdint>
#include <vector>

namespace rootae::grids {

class Segments {
 public:
  // For a relative error of 2^-52 ... 1. Throws corrupt where it is another.
  explicit Segments(double error);

  // The number of points an octave, 32 ... 2^51.
  [[nodiscard]] std::uint64_t points() const noexcept { return start_[kSegments]; }

  // The point with index i < points(), 1 ... 2.
  [[nodiscard]] double point(std::uint64_t i) const noexcept {
    std::uint64_t j = segment_[i >> bucket_];
    j += i >= start_[j + 1];
    return base_[j] + static_cast<double>(static_cast<std::int64_t>(i - start_[j])) * step_[j];
  }

  // The index of the point next to 1 <= m < 2, given by the 52 low bits of m; may be points().
  [[nodiscard]] std::uint64_t nearest(std::uint64_t mantissa) const noexcept;

 private:
  static constexpr int kSegments = 32;

  std::uint64_t start_[kSegments + 1];
  double base_[kSegments], step_[kSegments];
  unsigned bucket_ = 0;                 // log2 of a bucket of points, none larger than a segment
  std::vector<std::uint8_t> segment_;  // of each bucket's first point
};

}  // namespace rootae::grids
