// A coded tree made ready: numbers of its lanes, what each takes, and its groups.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "group.hpp"
#include "layout.hpp"
#include "plan/plan.hpp"
#include "program.hpp"
#include "tables.hpp"

namespace rootae {

constexpr Index kNoColumn = 0xFFFFFFFF;

// For any number of threads. What costs time is made as the first block asks for it, so that a
// codec of many columns is opened quickly.
class CompiledTree {
 public:
  // Of a plan that is checked. All three have to outlive this.
  CompiledTree(const Tree& plan, const Tables& tables, const std::vector<Network>& networks);
  CompiledTree(const CompiledTree&) = delete;
  CompiledTree& operator=(const CompiledTree&) = delete;

  [[nodiscard]] const Tree& plan() const noexcept { return plan_; }
  [[nodiscard]] const Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] const Resolver& resolver() const;
  [[nodiscard]] const CompiledGroup& group(Index number) const;

  // The column that counts a column, or that a group is named after; kNoColumn where none does.
  [[nodiscard]] Index counter_of(Index column) const noexcept { return counters_[column]; }
  [[nodiscard]] Index counter_of_group(Index group) const noexcept { return by_group_[group]; }
  // The group of a column's lanes.
  [[nodiscard]] Index group_of(Index column) const noexcept {
    return layout_.group_of[layout_.lanes_of(column)[0]];
  }

 private:
  struct Slot {
    std::once_flag once;
    std::unique_ptr<const CompiledGroup> group;
  };

  const Tree& plan_;
  const Tables& tables_;
  const std::vector<Network>& networks_;
  Layout layout_;
  std::vector<Index> counters_, by_group_;
  mutable std::once_flag resolved_;
  mutable std::unique_ptr<const Resolver> resolver_;
  mutable std::vector<Slot> groups_;
};

}  // namespace rootae
