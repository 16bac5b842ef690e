// A grid made ready: what a plan says of it together with the codec's tables.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "grids/absolute.hpp"
#include "grids/bits.hpp"
#include "grids/integer.hpp"
#include "grids/octave.hpp"
#include "grids/rank.hpp"
#include "grids/relative.hpp"
#include "grids/special.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae {

class CompiledGrid {
 public:
  // Tables have to stay where they are as long as the grid does. Octaves that it has in common
  // with others are made once. Throws corrupt where the tables are not as the grid needs them, or
  // the grid is beyond the format's limits.
  CompiledGrid(const Grid& grid, const std::vector<Table>& tables, grids::Octaves& octaves);

  // The type of its values.
  [[nodiscard]] Type type() const noexcept;

  // Whether codes are ranks, which no centre has.
  [[nodiscard]] bool is_rank() const noexcept { return std::holds_alternative<grids::Rank>(kind_); }

  // Writes the values of codes, shape (rows,); both may be pieces of a lane. Throws argument where
  // types or rows differ.
  void inverse(Span<const std::int64_t> codes, Values out) const;
  // Of codes of 32 bits, all of which are as `narrowed` gives them; of the grid `bits`, any.
  void inverse(Span<const std::int32_t> codes, Values out) const;

  // Writes the codes of values, shape (rows,), likewise.
  void forward(ConstValues in, Span<std::int64_t> codes) const;

 private:
  using Kind = std::variant<grids::Integer, grids::Bits, grids::Absolute, grids::Relative,
                            grids::Rank, grids::Special>;

  static Kind compiled(const Grid& grid, const std::vector<Table>& tables,
                       grids::Octaves& octaves);

  Kind kind_;
};

}  // namespace rootae
