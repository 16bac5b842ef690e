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

  // Whether every value has a code that gives it back bit for bit, but for booleans that are neither
  // 0 nor 1.
  [[nodiscard]] bool is_exact() const noexcept {
    return std::holds_alternative<grids::Integer>(kind_) ||
           std::holds_alternative<grids::Bits>(kind_);
  }
  // Whether codes are ranks, which no centre has.
  [[nodiscard]] bool is_rank() const noexcept { return std::holds_alternative<grids::Rank>(kind_); }

  // Writes the values of codes, shape (rows,); both may be pieces of a lane. Throws argument where
  // types or rows differ.
  void inverse(Span<const std::int64_t> codes, Values out) const;
  // Of codes of 32 bits, all of which are as `narrowed` gives them; of the grid `bits`, any.
  void inverse(Span<const std::int32_t> codes, Values out) const;

  // Writes the codes of values, shape (rows,), likewise.
  void forward(ConstValues in, Span<std::int64_t> codes) const;

  // Writes 1 for rows whose values are special, which have to come back bit for bit, but came back
  // as others, or the other way round; what is written for other rows stays.
  void mark_changed(ConstValues original, ConstValues returned, std::uint8_t* wrong) const noexcept {
    if (const auto* special = std::get_if<grids::Special>(&kind_))
      special->mark_changed(original, returned, wrong);
  }

 private:
  using Kind = std::variant<grids::Integer, grids::Bits, grids::Absolute, grids::Relative,
                            grids::Rank, grids::Special>;

  static Kind compiled(const Grid& grid, const std::vector<Table>& tables,
                       grids::Octaves& octaves);

  Kind kind_;
};

}  // namespace rootae
