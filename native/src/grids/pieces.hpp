// Codes of a grid of floats to values, a piece at a time: in 32 bits where all of a piece fit.
#pragma once

#include <cstdint>

#include "narrowed.hpp"
#include "piece.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae::grids {

// Calls grid.piece(codes, count, out), with codes of 32 or 64 bits, for the pieces of a lane whose
// type is one of floats.
template <class Map, class Code>
void inverse_by_piece(const Map& grid, Span<const Code> codes, Values out) {
  const auto all = [&](auto* to) {
    in_pieces(codes.size(), [&](std::size_t first, std::size_t count) {
      if constexpr (sizeof(Code) == 4) {
        grid.piece(codes.data() + first, count, to + first);
      } else {
        std::int32_t narrow[kPiece];
        if (narrowed<31>(codes.data() + first, count, narrow)) {
          grid.piece(narrow, count, to + first);
        } else {
          grid.piece(codes.data() + first, count, to + first);
        }
      }
    });
  };
  if (out.type == Type::float32) {
    all(out.as<float>());
  } else {
    all(out.as<double>());
  }
}

}  // namespace rootae::grids
