// Lanes after all that they are decoded from, and groups after those that they see.
#pragma once

#include <vector>

#include "plan/plan.hpp"

namespace rootae {

// Returns a group's lanes, each after its parents. What the plan points to exists.
// Throws corrupt where a lane follows from itself.
std::vector<Index> lane_order(const Group& group);

// Returns the numbers of a tree's groups, each after those that it sees. Links lead to groups.
// Throws corrupt where groups see one another in a circle.
std::vector<Index> group_order(const Tree& tree);

}  // namespace rootae
