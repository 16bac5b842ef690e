// Columns of a block: that checksums are right, that counters and rows agree, and lanes side by side.
// FORMAT.md, section 7.
#pragma once

#include <cstdint>
#include <vector>

#include "directory.hpp"
#include "held.hpp"
#include "span.hpp"
#include "tree.hpp"

namespace rootae {

// Throws corrupt, and says what a blob is of, where bytes have another checksum than it has.
void check_sum(const CompiledTree& tree, const Directory& directory, Index blob, Bytes bytes);

// Throws corrupt where rows of a group of a block are not its entries or what its counter adds up
// to, a count is negative, or the largest is another than the directory says. The counter, if there
// is one, is decoded.
void check_counts(const CompiledTree& tree, Index group, const Directory& directory,
                  const Held& held);

// Writes a column whose lanes are decoded: rows, each with its elements in C order.
//   out: memory of the column's rows times its elements
void write_column(Span<const Index> lanes, const Held& held, std::uint8_t* out);

}  // namespace rootae
