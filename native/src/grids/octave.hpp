// The points of an octave, 2^(i/n), by integer arithmetic, and tables of them for both directions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "grids/singles.hpp"

namespace rootae::grids {

constexpr std::uint32_t kPointsAtMost = 2048;  // an octave

// The float64 next to 2^(i/n) for i = 0 ... n, where n is 1 ... 2048.
[[nodiscard]] std::vector<double> octave_points(std::uint32_t n);

// What grids with n points an octave share.
struct Octave {
  // Throws corrupt where n is not 1 ... 2048.
  explicit Octave(std::uint32_t n);

  std::vector<double> points;         // n + 1
  // The points' bits as float32 and as float64, less 150 and 1075 in the exponent (these are added
  // again with that of a code), and 0.
  std::vector<std::uint32_t> single;
  std::vector<std::uint64_t> twice;
  // Where codes change, as the 52 low bits of mantissas: n middles between points, and one above
  // all; and how many of them lie below each of 4096 equal parts of the octave, none of which holds
  // two.
  std::vector<std::uint64_t> middle;
  std::vector<std::uint16_t> below;
  Singles singles;
};

// Octaves that were made before: a codec's grids are mostly of a few. Not for several threads.
class Octaves {
 public:
  // Throws corrupt where n is not 1 ... 2048.
  [[nodiscard]] std::shared_ptr<const Octave> of(std::uint32_t n);

 private:
  std::map<std::uint32_t, std::shared_ptr<const Octave>> made_;
};

}  // namespace rootae::grids
