// The entries' own record of their blocks: skimmed, swapped or reordered entries show there.
// FORMAT.md, section 2.1.
#pragma once

#include <cstdint>
#include <optional>

#include "baskets.hpp"
#include "source.hpp"

class TTree;

namespace rootae::root {

class Places {
 public:
  // Looks at the coded tree now and not later. Throws corrupt where it has no such branches.
  explicit Places(TTree& tree);

  // Throws corrupt where entries are not those of the block of that id.
  void check(const Source& source, std::uint64_t first, std::uint64_t entries,
             std::uint32_t id) const;

 private:
  Baskets blocks_, indices_;
};

}  // namespace rootae::root
