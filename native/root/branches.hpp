// Coded columns of a tree as ordinary branches.
#pragma once

class TTree;

namespace rootae::root {

struct TreeModel;

// Puts ordinary branches into the carriers' places, and takes out what else was added to the tree.
// Throws what is wrong with it, and says where; then the tree is not to be used.
void restore(TTree& tree, const TreeModel& model);

// Whether a tree has carriers.
bool has_carriers(TTree& tree);

}  // namespace rootae::root
