// Bins and one point in each, FORMAT.md, section 5, `rank`.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

class Rank {
 public:
  // Looks at the codec's tables, which have to stay where they are: a hostile plan may name a
  // large one many times. So none is passed over: that points are finite is for checks of the plan.
  // Throws corrupt where tables do not exist, or where there are no points.
  Rank(const RankGrid& grid, const std::vector<Table>& tables);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid. Codes of values are those of points: the last one for NaN.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void inverse(Span<const std::int32_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;

 private:
  Type type_;
  Span<const std::int64_t> edges_, points_;  // the bits of float64 values
};

}  // namespace rootae::grids
