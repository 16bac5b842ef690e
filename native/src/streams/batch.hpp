// Where the integers of a batch belong: in stretches of rows that are read side by side.
#pragma once

#include <array>
#include <cstddef>

#include "streams/kind.hpp"

namespace rootae {

inline constexpr std::size_t kStretches = 4;                  // that are read side by side, at most
inline constexpr std::size_t kBatches = kStretches * kBatch;  // integers that memory is needed for

struct Batch {
  std::size_t count = 0;      // integers of each stretch; 0 where none are left
  std::size_t stretches = 1;  // of one: up to kBatches integers; of several: up to kBatch each
  std::array<std::size_t, kStretches> first{};  // the row that each stretch goes on from

  // Calls f(where in the batch, first row, count) for each stretch.
  template <class F>
  void each(F&& f) const {
    for (std::size_t k = 0; k < stretches; ++k) f(k * kBatch, first[k], count);
  }
};

}  // namespace rootae
