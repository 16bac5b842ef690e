// What comes before what: depth first, in memory of its own, however deep a file makes it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "plan/plan.hpp"
#include "span.hpp"

namespace rootae {

enum class Mark : std::uint8_t { fresh, under_way, done };

// Edges of nodes 0, 1, ..., added in order.
class Graph {
 public:
  // Adds an edge of the node that is being added.
  void lead(Index to) { to_.push_back(to); }
  void close_node() { first_.push_back(static_cast<Index>(to_.size())); }
  [[nodiscard]] Index nodes() const { return static_cast<Index>(first_.size() - 1); }
  [[nodiscard]] Span<const Index> of(Index node) const {
    return {to_.data() + first_[node], first_[node + 1] - first_[node]};
  }

 private:
  std::vector<Index> first_{0}, to_;
};

// Visits a node after all that it leads to, each once.
//   marks: of each node, kept from call to call;
//   edge(node, k): the k-th node that one leads to, nothing behind the last one;
//   done(node): it and all before it are done.
// Returns a node that leads to itself, if it comes to one.
template <class Edge, class Done>
std::optional<Index> depth_first(Index start, std::vector<Mark>& marks, Edge edge, Done done) {
  if (marks[start] == Mark::done) return std::nullopt;
  std::vector<std::pair<Index, Index>> path{{start, 0}};
  marks[start] = Mark::under_way;
  while (!path.empty()) {
    const Index node = path.back().first;
    const std::optional<Index> next = edge(node, path.back().second++);
    if (!next) {
      marks[node] = Mark::done;
      done(node);
      path.pop_back();
    } else if (marks[*next] == Mark::under_way) {
      return *next;
    } else if (marks[*next] == Mark::fresh) {
      marks[*next] = Mark::under_way;
      path.emplace_back(*next, 0);
    }
  }
  return std::nullopt;
}

}  // namespace rootae
