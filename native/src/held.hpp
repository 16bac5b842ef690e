// What is decoded of a block: values of lanes, and codes of those that contexts look at.
#pragma once

#include <cstdint>
#include <vector>

#include "memory.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae {

struct HeldLane {
  ConstValues values;  // no data where the lane is not decoded
  Memory own;          // of the values, unless they lie in a caller's memory
  Memory codes;        // int64, if they are kept

  [[nodiscard]] bool is_there() const noexcept { return values.data != nullptr; }
  void drop() noexcept { *this = HeldLane(); }
};

// By the numbers of a tree's lanes.
using Held = std::vector<HeldLane>;

}  // namespace rootae
