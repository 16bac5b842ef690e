// Keys whose trees are shown as the originals.
#pragma once

#include <memory>

class TDirectory;

namespace rootae::root {

class Container;

// Has the trees of a directory, and of all directories below it, read as the originals.
void hook(TDirectory& directory, const std::shared_ptr<Container>& container);

}  // namespace rootae::root
