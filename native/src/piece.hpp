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

}  // namespace rootae
