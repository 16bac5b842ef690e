#include "layout.hpp"

#include "error.hpp"

namespace rootae {

Layout::Layout(const Tree& tree) : columns(tree.columns), starts_(tree.columns.size() + 1, 0) {
  for (const Group& group : tree.groups) {
    const auto number = static_cast<Index>(first.size());
    first.push_back(static_cast<Index>(within.size()));
    latent_blobs.push_back(group.encoder ? std::optional<Index>(static_cast<Index>(blobs++))
                                         : std::nullopt);
    for (Index i = 0; i < group.lanes.size(); ++i) {
      const std::optional<Index> column = columns.find(group.lanes[i].column);
      hold(column.has_value(), "a lane is of no column: the codec's plan is damaged");
      group_of.push_back(number);
      within.push_back(i);
      column_of.push_back(*column);
      lane_blobs.push_back(static_cast<Index>(blobs++));
      ++starts_[*column + 1];
    }
  }
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  by_column_.resize(within.size());
  std::vector<Index> next(starts_.begin(), starts_.end() - 1);
  for (Index lane = 0; lane < column_of.size(); ++lane) by_column_[next[column_of[lane]]++] = lane;
}

}  // namespace rootae
