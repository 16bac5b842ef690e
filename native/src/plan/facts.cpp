#include "plan/facts.hpp"

#include <algorithm>

namespace rootae {
namespace {

TableFacts facts_of_one(const Table& table) {
  constexpr std::int64_t infinite = std::int64_t{0x7FF} << 52;  // the exponent of what is not finite
  if (table.empty()) return {0, true, true, 0, 0};
  std::int64_t low = table[0], high = low, before = low;
  bool falls = false, odd = false;
  for (const std::int64_t x : table) {
    falls |= x < before;
    odd |= (x & infinite) == infinite;
    low = std::min(low, x);
    high = std::max(high, x);
    before = x;
  }
  return {table.size(), !falls, !odd, low, high};
}

}  // namespace

std::vector<TableFacts> facts_of(Span<const Table> tables) {
  std::vector<TableFacts> found;
  found.reserve(tables.size());
  for (const Table& table : tables) found.push_back(facts_of_one(table));
  return found;
}

}  // namespace rootae
