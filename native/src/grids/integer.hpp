// Integers and booleans as themselves, FORMAT.md, section 5, `integer`.
#pragma once

#include <cstdint>

#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

class Integer {
 public:
  // Throws corrupt where the type is a float.
  explicit Integer(const IntegerGrid& grid);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void inverse(Span<const std::int32_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;

 private:
  Type type_;
};

}  // namespace rootae::grids
