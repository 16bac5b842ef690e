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
  // Takes what it needs of the codec's tables. Throws corrupt where they do not exist, or where
  // there are no points or infinite ones.
  Rank(const RankGrid& grid, const std::vector<Table>& tables);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid. Codes of values are those of points: the last one for NaN.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;

 private:
  Type type_;
  std::size_t points_;
  std::vector<std::uint8_t> values_;  // points of the type
  std::vector<double> edges_;
};

}  // namespace rootae::grids
