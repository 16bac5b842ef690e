// What the lanes of a group are decoded from, as a graph as large as the plan: contexts that many
// lanes share, and centres that many contexts see, stand in it once.
#pragma once

#include <variant>
#include <vector>

#include "plan/graph.hpp"
#include "plan/plan.hpp"

namespace rootae {

// The inputs of contexts of either kind.
[[nodiscard]] inline const std::vector<Feature>& inputs_of(const Contexts& contexts) {
  return std::visit([](const auto& x) -> const std::vector<Feature>& { return x.inputs; }, contexts);
}

// Numbers of a group's nodes: its lanes, then their centres, then their rules, then its contexts.
struct GroupNodes {
  Index first;  // of them all
  Index lanes;  // how many
  [[nodiscard]] Index lane(Index i) const { return first + i; }
  [[nodiscard]] Index centre(Index i) const { return first + lanes + i; }
  [[nodiscard]] Index rule(Index i) const { return first + 2 * lanes + i; }
  [[nodiscard]] Index contexts(Index i) const { return first + 3 * lanes + i; }
};

// Adds the nodes of centres, rules and contexts; those of the lanes are there.
//   see(i): leads to what it takes to see lane i of the group, or link i - lanes.
template <class See>
void add_sources(const Group& group, const GroupNodes& nodes, Graph& graph, See see) {
  for (const Lane& lane : group.lanes) {
    if (lane.centre)
      for (const Term& term : lane.centre->terms)
        for (const Index i : term.lanes) see(i);
    graph.close_node();
  }
  for (const Lane& lane : group.lanes) {
    if (lane.derived)
      for (const auto& term : lane.derived->terms) see(term.first);
    graph.close_node();
  }
  for (const Contexts& contexts : group.contexts) {
    for (const Feature& feature : inputs_of(contexts)) {
      if (feature.of.kind == SourceKind::lane) see(feature.of.index);
      if (feature.of.kind == SourceKind::centre) graph.lead(nodes.centre(feature.of.index));
    }
    graph.close_node();
  }
}

}  // namespace rootae
