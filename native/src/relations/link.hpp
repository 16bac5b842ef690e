// Other groups' objects, seen through a lane of indices. FORMAT.md, section 4.3.
#pragma once

#include <cstdint>
#include <vector>

#include "span.hpp"
#include "types.hpp"

namespace rootae {

// Where the rows of one group find objects of another: for all links by one lane to one group.
class Places {
 public:
  //   by: the number of the other object in its entry, of each row; integers or booleans.
  //   mine, theirs: objects of the one and of the other group in each entry.
  // Throws corrupt where a count is negative, where mine are not the rows of `by`, or theirs more
  // than a group has.
  Places(ConstValues by, Span<const std::int64_t> mine, Span<const std::int64_t> theirs);

  // Writes another group's values as each row sees them, zero where there is no such object.
  //   values: one for each of the other group's objects.
  //   out: of the same type, one for each row.
  // Throws corrupt where there are not as many values as objects; argument where `out` does not
  // fit.
  void follow(ConstValues values, Values out) const;

 private:
  std::vector<std::uint32_t> objects_;  // of each row
  std::size_t others_ = 0;
};

}  // namespace rootae
