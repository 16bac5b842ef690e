#include "tree.hpp"

namespace rootae {

CompiledTree::CompiledTree(const Tree& plan, const Tables& tables,
                           const std::vector<Network>& networks)
    : plan_(plan), tables_(tables), networks_(networks), layout_(plan), groups_(plan.groups.size()) {
  for (const Column& column : plan.columns)
    counters_.push_back(column.counter ? layout_.columns.find(*column.counter).value_or(kNoColumn)
                                       : kNoColumn);
  for (const Group& group : plan.groups)
    by_group_.push_back(layout_.columns.find(group.name).value_or(kNoColumn));
  if (!plan.groups.empty() && plan.groups[0].name.empty()) by_group_[0] = kNoColumn;
}

const Resolver& CompiledTree::resolver() const {
  std::call_once(resolved_, [&] { resolver_ = std::make_unique<const Resolver>(plan_, layout_); });
  return *resolver_;
}

const CompiledGroup& CompiledTree::group(Index number) const {
  Slot& slot = groups_[number];
  std::call_once(slot.once, [&] {
    slot.group = std::make_unique<const CompiledGroup>(plan_.groups[number], tables_, networks_);
  });
  return *slot.group;
}

}  // namespace rootae
