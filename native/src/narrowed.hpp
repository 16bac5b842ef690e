// Codes in fewer bits than they might need.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rootae {

// Copies codes into 32 bits, and says whether all have so many, sign included:
// with 31 a few may be added or taken off; where one has more, the copies mean nothing.
template <unsigned bits>
[[nodiscard]] bool narrowed(const std::int64_t* __restrict codes, std::size_t count,
                            std::int32_t* __restrict out) noexcept {
  static_assert(bits <= 32);
  std::uint64_t beyond = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = static_cast<std::uint64_t>(codes[i]);
    beyond |= (code + (std::uint64_t{1} << (bits - 1))) >> bits;
    out[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(code));
  }
  return beyond == 0;
}

}  // namespace rootae
