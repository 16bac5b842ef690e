// Coded columns of a tree as ordinary branches.
#pragma once

class TTree;

namespace rootae::root {

class Container;
class StoredTree;

// Puts ordinary branches, whose baskets lie at the container's positions, into the carriers' places,
// and takes out what else was added to the tree. Throws what is wrong with it; then the tree is
// not to be used.
void restore(TTree& tree, const StoredTree& stored, const Container& container);

// Whether a tree has carriers.
bool has_carriers(TTree& tree);

}  // namespace rootae::root
