// Division by a number that is known beforehand: a product and a shift.
#pragma once

#include <cstdint>

namespace rootae::grids {

// With c = ceil(log2 d) and m = ceil(2^(b + c) / d), m d is above 2^(b + c) by less than d <= 2^c.
// So for t < 2^b, t m / 2^(b + c) is above t / d by less than 1 / d, and has the same whole part.
class Divisor {
 public:
  // d is 1 ... 2^62.
  explicit Divisor(std::uint64_t d) noexcept : d_(d) {
    while (std::uint64_t{1} << log_ < d) ++log_;
    wide_ = static_cast<std::uint64_t>(((Wide{1} << (63 + log_)) + (d - 1)) / d);
    if (has_narrow())
      narrow_ = static_cast<std::uint32_t>(((std::uint64_t{1} << (31 + log_)) + (d - 1)) / d);
  }

  // Whether `narrow` may be asked.
  [[nodiscard]] bool has_narrow() const noexcept { return log_ <= 31; }

  // floor(t / d) for t < 2^31. Both factors have 32 bits.
  [[nodiscard]] std::uint32_t narrow(std::uint32_t t) const noexcept {
    return static_cast<std::uint32_t>(std::uint64_t{t} * narrow_ >> (31 + log_));
  }

  // floor(t / d) for t < 2^63.
  [[nodiscard]] std::uint64_t wide(std::uint64_t t) const noexcept {
    return static_cast<std::uint64_t>(Wide{2 * t} * wide_ >> 64) >> log_;
  }

  [[nodiscard]] std::uint64_t value() const noexcept { return d_; }

 private:
  __extension__ using Wide = unsigned __int128;

  std::uint64_t d_, wide_ = 0;
  std::uint32_t narrow_ = 0;
  unsigned log_ = 0;
};

}  // namespace rootae::grids
