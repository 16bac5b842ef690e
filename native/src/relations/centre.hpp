// Where a lane's codes should lie by an almost exact relation. FORMAT.md, section 4.1.
#pragma once

#include <cstdint>

#include "grids/grid.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae {

// Writes the codes of a lane's centre, shape (rows,).
//   seen: values, escapes included, by the number of a lane of the group or of a link; only those
//     that the centre names are looked at, and have the rows of `codes`; all may be the same piece.
//   grid: that of the lane that is centred.
// Throws corrupt where a term has another number of lanes than its kind, names one that is not
// seen, or the grid is one of ranks; argument where rows differ.
void centre_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
                  Span<std::int64_t> codes);
// The same in 32 bits, for a centre whose codes have so many.
void centre_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
                  Span<std::int32_t> codes);

// Whether all codes of a centre have 32 bits: they lie between those it says.
[[nodiscard]] inline bool is_narrow(const Centre& centre) noexcept {
  return centre.low >= INT32_MIN && centre.high <= INT32_MAX;
}

}  // namespace rootae
