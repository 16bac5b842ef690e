#include "scratch.hpp"

#include <algorithm>

namespace rootae {

std::size_t Scratch::take(std::size_t units) {
  if (units == 0) units = 1;  // so that no two begin at one place
  std::size_t at = 0;
  for (const auto& [first, end] : taken_) {
    if (first - at >= units) break;
    at = end;
  }
  taken_.emplace(at, at + units);
  most_ = std::max(most_, at + units);
  return at;
}

}  // namespace rootae
