// Which units of an array an operator takes for each that it makes.
#pragma once

#include "schedule.hpp"

namespace rootae {

// The units of an array that is broadcast to a shape.
[[nodiscard]] Units broadcast_units(const Shape& from, const Shape& to);

// The units that Gather takes along an axis.
[[nodiscard]] Units gathered_units(const Shape& from, std::int64_t axis, const Initializer& index);

// The units of an array whose dimensions are put in another order.
[[nodiscard]] Units transposed_units(const Shape& from, const std::vector<std::int64_t>& order);

// The first units of matrices of `size` units, their leading dimensions broadcast to a shape.
[[nodiscard]] Units matrix_units(const Shape& leading, const Shape& to, std::size_t size);

// How many units lie behind the free dimension, 1 without one.
[[nodiscard]] std::uint64_t units_behind_rows(const Shape& shape) noexcept;

}  // namespace rootae
