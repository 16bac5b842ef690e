#include "plan/check.hpp"

#include <algorithm>
#include <string>

#include "error.hpp"
#include "plan/order.hpp"

namespace rootae {
namespace {

bool meet(const std::vector<Index>& a, const std::vector<Index>& b) {
  std::size_t j = 0;
  for (const Index x : a) {
    while (j < b.size() && b[j] < x) ++j;
    if (j < b.size() && b[j] == x) return true;
  }
  return false;
}

void sort_once(std::vector<Index>& some) {
  std::sort(some.begin(), some.end());
  some.erase(std::unique(some.begin(), some.end()), some.end());
}

}  // namespace

std::vector<Index> encoders_of(const Plan& plan) {
  std::vector<Index> encoders, stages;
  for (const Tree& tree : plan.trees) {
    for (const Group& group : tree.groups) {
      if (group.encoder) encoders.push_back(group.encoder->network);
      for (const Contexts& contexts : group.contexts)
        if (const auto* stage = std::get_if<Stage>(&contexts)) stages.push_back(stage->network);
    }
  }
  sort_once(encoders);
  sort_once(stages);
  hold(!meet(encoders, stages), "a network is an encoder's and a stage's: the codec's plan is damaged");
  return encoders;
}

void check_tree(const Tree& tree, Span<const TableFacts> tables, Span<const Ends> networks) {
  check_columns(tree);
  for (const Group& group : tree.groups) check_group(group, tables, networks);
  group_order(tree);
}

void check(const Plan& plan, Span<const TableFacts> tables, Span<const Ends> networks) {
  encoders_of(plan);
  for (const Tree& tree : plan.trees) check_tree(tree, tables, networks);
}

}  // namespace rootae
