// Contexts by looking at one code after the other: rows follow a diagram's tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../span.hpp"
#include "features.hpp"

namespace rootae {

// What one input of a diagram looks at.
struct Seen {
  CodeSpan codes;                        // shape (rows,)
  const EdgeLookup* through = nullptr;   // of the input's edges
  const std::uint8_t* ready = nullptr;   // shape (rows,): what `through` makes of the codes, if
                                         // somebody worked that out; of at most 255 edges
};

// The largest number of a table of states; negative ones are larger than all others.
[[nodiscard]] std::uint64_t highest(Span<const std::int64_t> table) noexcept;

// The tables of a diagram, narrowed so that they stay near the processor.
class DiagramTables {
 public:
  // tables: of states, one for each input; widths: of each input, its edges and one; most: the
  // `highest` of each table, found out once for all that look at it.
  // All have the same length, at least 1. The tables have to outlive this.
  // Throws where a table is too short for the states before it, or a state is negative, or one of
  // the last above 255.
  DiagramTables(Span<const Span<const std::int64_t>> tables, Span<const std::size_t> widths,
                Span<const std::uint64_t> most);

  // How many contexts there may be: the largest and one.
  [[nodiscard]] std::size_t contexts() const noexcept { return contexts_; }

  // How much memory this takes, about.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return sizeof *this + 32 * tables_.size() + 2 * steps_.size();
  }

  // Takes every row through the diagram. inputs: as many as tables, of the widths that they were
  // made for, each of as many rows as contexts. Allocates nothing of the length of rows.
  void follow(Span<const Seen> inputs, Span<std::uint8_t> contexts) const;

 private:
  void narrow(std::size_t entries);
  void follow_narrow(Span<const Seen> inputs, Span<std::uint8_t> contexts) const;
  void follow_wide(Span<const Seen> inputs, Span<std::uint8_t> contexts) const;

  std::vector<Span<const std::int64_t>> tables_;
  std::vector<std::size_t> widths_, sizes_;  // of each input; of each table, what can be reached
  std::size_t contexts_ = 0;
  // All tables in one, whose entries are places in it: where the row of the next state begins.
  std::vector<std::uint16_t> steps_;
};

}  // namespace rootae
