#include "plan/order.hpp"

#include "error.hpp"
#include "plan/names.hpp"
#include "plan/shown.hpp"
#include "plan/sources.hpp"

namespace rootae {
namespace {

Graph lanes_of(const Group& group) {
  const GroupNodes nodes{0, static_cast<Index>(group.lanes.size())};
  Graph graph;
  for (Index i = 0; i < nodes.lanes; ++i) {
    const Lane& lane = group.lanes[i];
    if (lane.derived) graph.lead(nodes.rule(i));
    if (lane.centre) graph.lead(nodes.centre(i));
    if (lane.contexts) graph.lead(nodes.contexts(*lane.contexts));
    graph.close_node();
  }
  add_sources(group, nodes, graph, [&](Index i) {
    graph.lead(i < nodes.lanes ? i : group.links[i - nodes.lanes].by);
  });
  return graph;
}

// Returns the first nodes of a graph in order; `circle` says that there is none, by one of them.
template <class Circle>
std::vector<Index> ordered(const Graph& graph, Index count, Circle circle) {
  std::vector<Index> found;
  found.reserve(count);
  std::vector<Mark> marks(graph.nodes(), Mark::fresh);
  auto edge = [&](Index node, Index k) {
    const Span<const Index> all = graph.of(node);
    return k < all.size() ? std::optional<Index>(all[k]) : std::nullopt;
  };
  auto done = [&](Index node) {
    if (node < count) found.push_back(node);
  };
  for (Index start = 0; start < count; ++start)
    if (depth_first(start, marks, edge, done)) circle(start);
  return found;
}

}  // namespace

std::vector<Index> lane_order(const Group& group) {
  const auto count = static_cast<Index>(group.lanes.size());
  return ordered(lanes_of(group), count, [&](Index lane) {
    corrupt("column " + shown(group.lanes[lane].column) +
            " follows from itself, or from one that does: the codec's plan is damaged");
  });
}

std::vector<Index> group_order(const Tree& tree) {
  const Names names(tree.groups);
  Graph graph;
  for (const Group& group : tree.groups) {
    for (const Link& link : group.links) {
      const std::optional<Index> other = names.find(link.group);
      if (!other)
        corrupt("group " + shown(link.group) + " is seen and not there: the codec's plan is damaged");
      graph.lead(*other);
    }
    graph.close_node();
  }
  return ordered(graph, graph.nodes(), [&](Index group) {
    corrupt("group " + shown(tree.groups[group].name) +
            " is seen by itself, or sees one that is: the codec's plan is damaged");
  });
}

}  // namespace rootae
