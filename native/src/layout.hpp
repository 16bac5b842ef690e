// Numbers of a tree's lanes and blobs, the same for all of its blocks. FORMAT.md, section 2.2.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plan/names.hpp"
#include "plan/plan.hpp"
#include "span.hpp"

namespace rootae {

// Lanes of all groups are counted in the plan's order. Blobs are too: of each group the latents, if
// it has an encoder, then its lanes.
struct Layout {
  // Of a tree that is checked, which has to outlive it.
  explicit Layout(const Tree& tree);

  [[nodiscard]] std::size_t groups() const { return latent_blobs.size(); }
  [[nodiscard]] std::size_t lanes() const { return within.size(); }
  // The numbers of a column's lanes in the order of its elements, by the column's number.
  [[nodiscard]] Span<const Index> lanes_of(Index column) const {
    return {by_column_.data() + starts_[column], starts_[column + 1] - starts_[column]};
  }

  Names columns;                  // numbers of columns
  std::vector<Index> first;       // the number of each group's first lane
  std::vector<Index> group_of;    // the number of each lane's group
  std::vector<Index> within;      // each lane's number in its group
  std::vector<Index> column_of;   // the number of each lane's column
  std::vector<Index> lane_blobs;  // the number of each lane's blob
  std::vector<std::optional<Index>> latent_blobs;  // of each group
  std::size_t blobs = 0;

 private:
  std::vector<Index> starts_, by_column_;
};

}  // namespace rootae
