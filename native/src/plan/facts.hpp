// What checks ask of a codec's tables, found out once for all that points to them.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.hpp"
#include "span.hpp"

namespace rootae {

struct TableFacts {
  std::size_t size;
  bool ascends;       // a number may come twice
  bool is_finite;     // as float64 values
  std::int64_t low, high;  // 0 where there are no numbers
};

// Of each table. Passes over each once.
std::vector<TableFacts> facts_of(Span<const Table> tables);

}  // namespace rootae
