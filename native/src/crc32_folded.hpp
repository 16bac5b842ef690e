// The sums of crc32 by products without carries, where the processor has them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "processor.hpp"

namespace rootae {

// Whether `folded` may be called.
[[nodiscard]] bool can_fold() noexcept;

// Takes a sum, not yet turned over at its end, over so many more bytes: a multiple of 16, at
// least 64.
[[nodiscard]] std::uint32_t folded(const std::uint8_t* at, std::size_t size,
                                   std::uint32_t sum) noexcept;

}  // namespace rootae
