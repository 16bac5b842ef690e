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

void read(const VirtualBasket& basket, std::uint64_t position, std::uint8_t* out,
          std::size_t wanted) {
  const Records records(*basket.tree, basket.column);
  const std::uint64_t offset = position % kVirtual, size = records.size(basket.block);
  const ValuesPointer values = cache().get(*basket.tree, basket.block, {basket.column}).front();
  if (offset == 0 && wanted == size) {
    records.write(basket.block, position, *values, out);
    return;
  }
  std::vector<std::uint8_t> whole(size);  // as its key alone is read
  records.write(basket.block, position - offset, *values, whole.data());
  std::memset(out, 0, wanted);
  if (offset < size)
    std::memcpy(out, whole.data() + offset, std::min<std::uint64_t>(wanted, size - offset));
}

}  // namespace

bool read_basket(const Container& container, char* buffer, Long64_t position, Int_t size) {
  try {
    const auto at = static_cast<std::uint64_t>(position);
    read(container.at(at), at, reinterpret_cast<std::uint8_t*>(buffer),
         static_cast<std::size_t>(std::max(size, 0)));
    return false;
  } catch (const std::exception& error) {
    ::Error("rootae", "%s", error.what());
    return true;
  }
}

void announce(const Container& container, const Long64_t* positions, Int_t count) {
  try {
    std::map<std::pair<const StoredTree*, std::size_t>, std::vector<std::uint32_t>> wanted;
    std::vector<TreePointer> held;
    for (Int_t i = 0; i < count; ++i) {
      if (!is_virtual(positions[i])) continue;
      VirtualBasket basket = container.at(static_cast<std::uint64_t>(positions[i]));
      wanted[{basket.tree.get(), basket.block}].push_back(basket.column);
      if (held.empty() || held.back() != basket.tree) held.push_back(std::move(basket.tree));
    }
    for (const auto& [place, columns] : wanted)
      if (columns.size() > 1) cache().get(*place.first, place.second, columns);
  } catch (const std::exception&) {  // it shows again as the basket is read that it is of
  }
}

}  // namespace rootae::root
