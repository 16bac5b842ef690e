// Floats by their own bits, in the floats' order, FORMAT.md, section 5, `bits`.
#pragma once

#include <cstdint>

#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

class Bits {
 public:
  // Throws corrupt where the type is no float.
  explicit Bits(const BitsGrid& grid);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void inverse(Span<const std::int32_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;

 private:
  Type type_;
};

}  // namespace rootae::grids
