// The values that occur among numbers, and where each number's stands among them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "span.hpp"

namespace rootae {

// Finds the values that occur, ascending, how often each does, and each number's place among them.
// `values` and `counts` have room for as many as may be found. Returns how many there are; where
// there are more than that, one more than it, and what is written means nothing.
template <class U>
[[nodiscard]] std::size_t distinct(Span<const U> numbers, Span<U> values,
                                   Span<std::uint32_t> counts, Span<std::uint32_t> places);

extern template std::size_t distinct(Span<const std::uint16_t>, Span<std::uint16_t>,
                                     Span<std::uint32_t>, Span<std::uint32_t>);
extern template std::size_t distinct(Span<const std::uint32_t>, Span<std::uint32_t>,
                                     Span<std::uint32_t>, Span<std::uint32_t>);
extern template std::size_t distinct(Span<const std::uint64_t>, Span<std::uint64_t>,
                                     Span<std::uint32_t>, Span<std::uint32_t>);

}  // namespace rootae
