// A grid whose points lie as densely in every octave, FORMAT.md, section 5, `rel`.
#pragma once

#include <cstdint>
#include <memory>

#include "grids/divisor.hpp"
#include "grids/octave.hpp"
#include "grids/segments.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

class Relative {
 public:
  // Throws corrupt where the type is no float, or what the grid says is beyond the format's limits.
  Relative(const RelativeGrid& grid, Octaves& octaves);

  [[nodiscard]] Type type() const noexcept { return type_; }

  // See CompiledGrid.
  void inverse(Span<const std::int64_t> codes, Values out) const noexcept;
  void inverse(Span<const std::int32_t> codes, Values out) const noexcept;
  void forward(ConstValues in, Span<std::int64_t> codes) const noexcept;

  // Values, of the grid's type, of at most a piece of codes; those of 32 bits as `narrowed` gives.
  template <class T>
  void piece(const std::int32_t* codes, std::size_t count, T* out) const noexcept;
  template <class T>
  void piece(const std::int64_t* codes, std::size_t count, T* out) const noexcept;

 private:
  template <class T>
  [[nodiscard]] T value(std::int64_t code) const noexcept;
  // These three give up where a value is subnormal or infinite.
  template <class T>
  bool split(const std::int32_t* codes, std::size_t count, std::uint32_t zero,
             std::uint32_t* octave, std::uint32_t* index) const noexcept;
  template <class T>
  bool in_octave(const std::int32_t* codes, std::size_t count, T* out) const noexcept;
  template <class T>
  bool in_segments(const std::int32_t* codes, std::size_t count, T* out) const noexcept;
  template <class T, class Index>
  void forward_by(const T* in, Span<std::int64_t> codes, Index index) const noexcept;

  Type type_;
  std::shared_ptr<const Octave> octave_;      // one of the two
  std::shared_ptr<const Segments> segments_;
  Divisor points_;
};

}  // namespace rootae::grids
