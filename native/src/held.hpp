// What is decoded of a block: values of lanes, and codes of those that contexts look at.
#pragma once

#include <cstdint>
#include <vector>

#include "codes.hpp"
#include "memory.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae {

struct HeldLane {
  ConstValues values;  // no data where there are none
  Memory own;          // of the values, unless they lie in a caller's memory
  KeptCodes codes;     // if they are kept

  // Whether the lane is decoded.
  [[nodiscard]] bool is_there() const noexcept { return has_values() || codes.is_there(); }
  [[nodiscard]] bool has_values() const noexcept { return values.data != nullptr; }
  void drop() noexcept { *this = HeldLane(); }
  void drop_values() noexcept {
    values = ConstValues();
    own = Memory();
  }
};

// By the numbers of a tree's lanes.
using Held = std::vector<HeldLane>;

}  // namespace rootae
