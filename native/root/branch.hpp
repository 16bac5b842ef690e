// An ordinary branch of a coded column.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

class TBranch;
class TLeaf;
class TTree;

namespace rootae::root {

class StoredTree;

// Makes a branch of the tree that has no baskets yet, with the name, the title and the leaf of the
// original. It is not among the tree's branches.
//   counter: the leaf that counts it, nullptr where none does
// Throws argument where ROOT has no class for what it holds.
std::unique_ptr<TBranch> make_branch(TTree& tree, const StoredTree& stored, std::uint32_t column,
                                     TLeaf* counter);

// A basket of a block.
struct BasketPlace {
  std::uint64_t position, size, first, stored;
};

// Says where its baskets lie; entries: of the tree.
void place_baskets(TBranch& branch, const std::vector<BasketPlace>& places, std::uint64_t entries);

// Has a leaf count others: readers make room for its maximum. Returns whether that was less before.
bool count_others(TLeaf& leaf, std::uint64_t most);

}  // namespace rootae::root
