// A few values with codes of their own, and a grid for all others, FORMAT.md, section 5, `special`.
#pragma once

#include <cstdint>
#include <variant>

#include "grids/absolute.hpp"
#include "grids/relative.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

class Special {
 public:
  // Throws corrupt where there are not 1 to 16 ascending codes within 2^62 and as many values, or
  // where the base is refused.
  Special(const SpecialGrid& grid, Octaves& octaves);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void inverse(Span<const std::int32_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;
  void mark_changed(ConstValues original, ConstValues returned, std::uint8_t* wrong) const noexcept;

  // Values, of the grid's type, of at most a piece of codes; those of 32 bits as `narrowed` gives.
  template <class T, class Code>
  void piece(const Code* codes, std::size_t count, T* out) const noexcept;

 private:
  static constexpr std::size_t kAtMost = 16;

  template <class Code>
  void raise(Code* codes, std::size_t count) const noexcept;
  template <class U>
  void forward_of(const U* in, Span<std::int64_t> codes) const noexcept;

  Type type_;
  std::variant<Absolute, Relative> base_;
  std::size_t count_;
  std::int64_t codes_[kAtMost];
  std::uint64_t bits_[kAtMost];  // of the values
};

}  // namespace rootae::grids
