// One lane of a block from its bytes to values: straight into memory, a batch at a time.
#pragma once

#include <cstdint>

#include "contexts/contexts.hpp"
#include "held.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "streams/zstd.hpp"
#include "view.hpp"

namespace rootae {

// Whether a lane has no bound and codes from its stage, no contexts.
[[nodiscard]] bool is_predicted(const Lane& plan, const Group& group);

// Writes the values of a lane that follows from others, which are there. Throws as `derive` does.
void derive_lane(const Rule& rule, View& view, Values out);

struct Stored {
  std::uint8_t mode;  // as the directory has it
  Bytes blob;
  Zstd zstd;
  bool is_last;  // no later call looks at the lane's codes
};

// Decodes a lane, and keeps its codes if contexts look at them.
//   plan, number: of the lane in its group; what it is decoded from is decoded
//   into: memory for its values, aligned for their type; null: it takes some
// Throws corrupt where the lane is damaged, or in a mode that its plan does not have.
HeldLane read_lane(const Lane& plan, Index number, View& view, GroupContexts& contexts,
                   const Stored& stored, std::uint8_t* into);

}  // namespace rootae
