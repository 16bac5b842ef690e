// What the branches of a coded tree are made of, worked out once for all that open it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record.hpp"

namespace rootae::root {

class StoredTree;

// A basket of a block.
struct BasketPlace {
  std::uint64_t position, size, first, stored;
};

struct BranchModel {
  std::uint32_t column;
  EntryKind kind;
  std::string carrier;  // the name of the branch that stands for it
  std::string name, title, leaf_name, leaf_title;
  std::string holds;  // ROOT's list of leaves, or the class of a vector
  int lanes;          // elements of a row
  bool is_counter;
  std::uint64_t most;         // the largest value that it has, if it is one
  std::int32_t counter;       // the column that counts it, or -1
  std::string counter_name;   // and its name
  std::uint64_t counter_most;  // and its largest value
  std::vector<BasketPlace> places;
};

struct TreeModel {
  // first: the position of its first basket. Throws argument where a basket is too large for ROOT.
  TreeModel(const StoredTree& tree, std::uint64_t first);

  std::string where, title;
  std::uint64_t entries;
  std::vector<BranchModel> branches;  // counters before what they count
};

}  // namespace rootae::root
