// Multiples of a step, FORMAT.md, section 5, `abs`.
#pragma once

#include <cstdint>

#include "plan/plan.hpp"
#include "processor.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

class Absolute {
 public:
  // Throws corrupt where the type is no float or the step is not above 0 and finite.
  explicit Absolute(const AbsoluteGrid& grid);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void inverse(Span<const std::int32_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;

  // Values, of the grid's type, of at most a piece of codes.
  template <class T, class Code>
  void piece(const Code* codes, std::size_t count, T* out) const noexcept {
    quickly([](auto, auto... all) { values(all...); }, codes, count, step_, out);
  }

 private:
  template <class T, class Code>
  static void values(const Code* codes, std::size_t count, double step, T* out) noexcept {
    for (std::size_t i = 0; i < count; ++i)
      out[i] = static_cast<T>(static_cast<double>(codes[i]) * step);
  }

  Type type_;
  double step_;
};

}  // namespace rootae::grids
