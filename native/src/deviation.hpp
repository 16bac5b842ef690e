// How far values came back from where they were, and which of them break their bound.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plan/plan.hpp"
#include "types.hpp"

namespace rootae {

struct Deviation {
  double largest;     // |y - x| among finite values, over |x| where the bound is relative
  std::size_t wrong;  // values that break the bound
};

// Compares two columns of one type and as many rows, in float64. Writes 1 or 0 for each row into
// `wrong`: whether it breaks the bound. Values that are not finite and -0.0 have to agree bit for
// bit under every bound but `none`; so does everything under `exact`, and every whole number.
[[nodiscard]] Deviation deviation(ConstValues original, ConstValues returned, BoundKind bound,
                                  double error, std::uint8_t* wrong) noexcept;

}  // namespace rootae
