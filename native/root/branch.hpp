// An ordinary branch of a coded column.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model.hpp"

class TBranch;
class TLeaf;
class TTree;

namespace rootae::root {

// Makes a branch of the tree that has no baskets yet, with the name, the title and the leaf of the
// original. It is not among the tree's branches.
//   counter: the leaf that counts it, nullptr where none does
// Throws argument where ROOT has no class for what it holds.
std::unique_ptr<TBranch> make_branch(TTree& tree, const BranchModel& model, TLeaf* counter);

// Tells branches where their baskets lie.
class Placing {
 public:
  Placing();
  ~Placing();
  Placing(const Placing&) = delete;
  Placing& operator=(const Placing&) = delete;

  // entries: of the tree
  void place(TBranch& branch, const std::vector<BasketPlace>& places, std::uint64_t entries);

 private:
  struct Placed;
  std::unique_ptr<Placed> basket_;
};

// Has a leaf count others: readers make room for its maximum. Returns whether that was less before.
bool count_others(TLeaf& leaf, std::uint64_t most);

}  // namespace rootae::root
