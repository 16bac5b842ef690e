#include "places.hpp"

#include <TBranch.h>
#include <TTree.h>

#include <algorithm>
#include <string>

#include "big_endian.hpp"
#include "directories.hpp"
#include "error.hpp"

namespace rootae::root {
namespace {

constexpr std::uint64_t kModulus = 251;

Baskets baskets_of(TTree& tree, const char* name) {
  TBranch* const found = branch(tree, name);
  if (found == nullptr || found->GetEntries() != tree.GetEntries())
    corrupt(std::string("branch ") + name + " is gone: go back to the full file");
  return Baskets(*found);
}

// Calls is_right(where an entry's number is, the entry) for each entry of a range.
template <class T, class IsRight>
bool holds(const Baskets& baskets, const Source& source, std::uint64_t first, std::uint64_t end,
           IsRight&& is_right) {
  for (std::size_t i = baskets.of(first); i < baskets.size() && baskets.first(i) < end; ++i) {
    const Basket basket = baskets.load(source, i);
    const std::uint64_t from = std::max(first, baskets.first(i));
    const std::uint64_t to = std::min(end, baskets.first(i + 1));
    if (basket.data != (baskets.first(i + 1) - baskets.first(i)) * sizeof(T)) return false;
    for (std::uint64_t entry = from; entry < to; ++entry) {
      const std::uint8_t* const at = basket.bytes.data() + (entry - baskets.first(i)) * sizeof(T);
      if (!is_right(big_endian<T>(at), entry)) return false;
    }
  }
  return true;
}

}  // namespace

Places::Places(TTree& tree)
    : blocks_(baskets_of(tree, "rootae_block")), indices_(baskets_of(tree, "rootae_entry")) {}

void Places::check(const Source& source, std::uint64_t first, std::uint64_t entries,
                   std::uint32_t id) const {
  if (entries == 0) return;
  const std::uint64_t end = first + entries;
  const bool are_right =
      holds<std::uint32_t>(blocks_, source, first, end,
                           [&](std::uint32_t found, std::uint64_t) { return found == id; }) &&
      holds<std::uint8_t>(indices_, source, first, end, [&](std::uint8_t found, std::uint64_t at) {
        return found == (at - first) % kModulus;
      });
  if (!are_right)
    corrupt("entries do not belong to the block: they were skimmed, swapped or reordered; go back "
            "to the full file and use rootae skim");
}

}  // namespace rootae::root
