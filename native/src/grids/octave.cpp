#include "grids/octave.hpp"

#include <cmath>
#include <limits>

#include "bit_cast.hpp"
#include "error.hpp"

namespace rootae::grids {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr Wide kOne = Wide{1} << 120;  // of the fixed point
constexpr Wide kLn2 = Wide{0xb17217f7d1cf79} << 64 | 0xabc9e3b39803f2f6;  // 2^120 ln 2
constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;

// floor(a * b / 2^120), by 64-bit limbs; a and b are below 2^121.
[[nodiscard]] Wide product(Wide a, Wide b) noexcept {
  const auto low = [](Wide x) { return Wide{static_cast<std::uint64_t>(x)}; };
  const Wide a0 = low(a), a1 = a >> 64, b0 = low(b), b1 = b >> 64;
  const Wide cross = a0 * b1, other = a1 * b0;
  const Wide middle = (a0 * b0 >> 64) + low(cross) + low(other);
  const Wide high = a1 * b1 + (cross >> 64) + (other >> 64) + (middle >> 64);
  return high << 8 | low(middle) >> 56;
}

// 2^(1/n) in units of 2^-120, by the series of the exponential.
[[nodiscard]] Wide root(std::uint32_t n) noexcept {
  const Wide x = kLn2 / n;
  Wide term = kOne, sum = kOne;
  for (std::uint32_t k = 1; term != 0; ++k) {
    term = product(term, x) / k;
    sum += term;
  }
  return sum;
}

}  // namespace

std::vector<double> octave_points(std::uint32_t n) {
  std::vector<double> points;
  points.reserve(n + 1);
  const Wide factor = root(n);
  Wide point = kOne;
  for (std::uint32_t i = 0; i < n; ++i) {
    const auto mantissa = static_cast<std::uint64_t>((point + (Wide{1} << 67)) >> 68);
    points.push_back(static_cast<double>(mantissa) * 0x1p-52);
    point = product(point, factor);
  }
  points.push_back(2.0);
  return points;
}

Octave::Octave(std::uint32_t n) : singles(n) {
  hold(n >= 1 && n <= kPointsAtMost, "a grid has another number of points than 1 to 2048");
  points = octave_points(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    single.push_back(bit_cast<std::uint32_t>(static_cast<float>(points[i])) - (150u << 23));
    twice.push_back(bit_cast<std::uint64_t>(points[i]) - (std::uint64_t{1075} << 52));
    const double between = (points[i] + points[i + 1]) / 2;
    middle.push_back(bit_cast<std::uint64_t>(between) & kMantissa);
  }
  single.push_back(0);
  twice.push_back(0);
  middle.push_back(std::numeric_limits<std::uint64_t>::max());
  std::uint16_t less = 0;
  for (std::uint64_t bucket = 0; bucket < 4096; ++bucket) {
    while (middle[less] < bucket << 40) ++less;
    below.push_back(less);
  }
}

std::shared_ptr<const Octave> Octaves::of(std::uint32_t n) {
  auto& found = made_[n];
  if (!found) found = std::make_shared<const Octave>(n);
  return found;
}

}  // namespace rootae::grids
