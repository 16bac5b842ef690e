// Lanes are gone through in pieces, whose intermediate results stay near the processor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "types.hpp"

namespace rootae {

constexpr std::size_t kPiece = 512;  // rows

// Calls f(first, count) for the pieces of some rows.
template <class F>
void in_pieces(std::size_t rows, F&& f) {
  for (std::size_t first = 0; first < rows; first += kPiece)
    f(first, std::min(kPiece, rows - first));
}

// Some of the rows of values. The caller has checked that first + count is within.
template <class Byte>
[[nodiscard]] BasicValues<Byte> part(const BasicValues<Byte>& whole, std::size_t first,
                                     std::size_t count) {
  return {whole.type, whole.data + first * size_of(whole.type), count};
}

// Copies at most a piece of codes into 32 bits, and says whether all lie in -2^30 ... 2^30 - 1, so
// that a few may be added or taken off; where one does not, the copies mean nothing.
[[nodiscard]] inline bool narrowed(const std::int64_t* codes, std::size_t count,
                                   std::int32_t* out) noexcept {
  std::uint64_t beyond = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = static_cast<std::uint64_t>(codes[i]);
    beyond |= (code + (1u << 30)) >> 31;
    out[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(code));
  }
  return beyond == 0;
}

}  // namespace rootae
