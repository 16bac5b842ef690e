// What a plan points to is there and of the right kind, and nothing rests on itself, before
// anything is decoded: bytes come from strangers. FORMAT.md, section 3.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "plan/facts.hpp"
#include "plan/plan.hpp"
#include "span.hpp"

namespace rootae {

using Ends = std::pair<std::size_t, std::size_t>;  // inputs and outputs of a network

// Holds a plan against itself, the codec's tables, and its networks.
// Throws corrupt where something is not as it has to be.
void check(const Plan& plan, Span<const TableFacts> tables, Span<const Ends> networks);

// The same of one tree, but for what encoders_of holds.
void check_tree(const Tree& tree, Span<const TableFacts> tables, Span<const Ends> networks);

// Returns the numbers of networks that are encoders, ascending: only writers run them.
// Throws corrupt where one of them is a stage's too.
std::vector<Index> encoders_of(const Plan& plan);

// Parts of it, for `check_tree`: a tree's columns with their lanes; a group alone, whose columns
// are right.
void check_columns(const Tree& tree);
void check_group(const Group& group, Span<const TableFacts> tables, Span<const Ends> networks);

}  // namespace rootae
