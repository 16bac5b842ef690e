#include "reads.hpp"

#include <TError.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <map>
#include <utility>
#include <vector>

#include "cache.hpp"
#include "record.hpp"

namespace rootae::root {
namespace {

void put(const VirtualBasket& basket, const Values& values, std::uint64_t position,
         std::uint8_t* out, std::size_t wanted) {
  const Records records(*basket.tree, basket.column);
  const std::uint64_t offset = position % kVirtual, size = records.size(basket.block);
  if (offset == 0 && wanted == size) {
    records.write(basket.block, position, values, out);
    return;
  }
  std::vector<std::uint8_t> whole(size);  // as its key alone is read
  records.write(basket.block, position - offset, values, whole.data());
  std::memset(out, 0, wanted);
  if (offset < size)
    std::memcpy(out, whole.data() + offset, std::min<std::uint64_t>(wanted, size - offset));
}

}  // namespace

Request::Request(const Container& container, const Long64_t* positions, Int_t count)
    : container_(container) {
  try {
    std::map<std::pair<const StoredTree*, std::size_t>, std::vector<std::uint32_t>> wanted;
    for (Int_t i = 0; i < count; ++i) {
      if (!is_virtual(positions[i])) continue;
      VirtualBasket basket = container.at(static_cast<std::uint64_t>(positions[i]));
      wanted[{basket.tree.get(), basket.block}].push_back(basket.column);
      if (trees_.empty() || trees_.back() != basket.tree) trees_.push_back(std::move(basket.tree));
    }
    for (const auto& [place, columns] : wanted) {
      const std::vector<ValuesPointer> found = cache().get(*place.first, place.second, columns);
      for (std::size_t i = 0; i < columns.size(); ++i)
        decoded_.emplace(Place(place.first, place.second, columns[i]), found[i]);
    }
  } catch (const std::exception&) {  // it shows again as the basket is read that it is of
  }
}

bool Request::read(char* buffer, Long64_t position, Int_t size) const {
  try {
    const auto at = static_cast<std::uint64_t>(position);
    const VirtualBasket basket = container_.at(at);
    put(basket, *values(basket), at, reinterpret_cast<std::uint8_t*>(buffer),
        static_cast<std::size_t>(std::max(size, 0)));
    return false;
  } catch (const std::exception& error) {
    ::Error("rootae", "%s", error.what());
    return true;
  }
}

ValuesPointer Request::values(const VirtualBasket& basket) const {
  const auto at = decoded_.find(Place(basket.tree.get(), basket.block, basket.column));
  return at != decoded_.end()
             ? at->second
             : cache().get(*basket.tree, basket.block, {basket.column}).front();
}

}  // namespace rootae::root
