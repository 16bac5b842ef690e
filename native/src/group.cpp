#include "group.hpp"

#include <algorithm>
#include <tuple>

namespace rootae {

namespace {

constexpr std::size_t kBytes = 256;  // what a feature of one byte may be

using Look = std::tuple<SourceKind, Index, Index>;  // a source, and a table of edges

Look look_of(const Feature& feature) {
  return {feature.of.kind, feature.of.index, std::get<Edges>(feature.by).table};
}

}  // namespace

CompiledGroup::CompiledGroup(const Group& plan, const Tables& tables,
                             const std::vector<Network>& networks)
    : plan_(plan), tables_(tables), networks_(networks), seen_(plan.lanes.size(), 0),
      needs_codes_(plan.lanes.size(), 0),
      latents_(plan.encoder ? plan.encoder->latents : 0, 0), by_lane_(plan.lanes.size()), diagrams_(plan.contexts.size()) {
  grids_.reserve(plan.lanes.size() + plan.links.size());
  for (const Lane& lane : plan.lanes) grids_.push_back(tables.grid(lane.grid));
  for (const Link& link : plan.links) grids_.push_back(tables.grid(link.grid));
  for (const Contexts& contexts : plan.contexts) note_seen(contexts);
  number_features();
}

void CompiledGroup::note_seen(const Contexts& contexts) {
  for (const Feature& feature : inputs_of(contexts)) {
    const Index i = feature.of.index;
    if (feature.of.kind == SourceKind::lane && i < seen_.size()) {
      seen_[i] = 1;
      if (std::holds_alternative<Stage>(contexts)) needs_codes_[i] = 1;
    }
    if (feature.of.kind == SourceKind::latent) latents_[i] = 1;
  }
}

void CompiledGroup::number_features() {
  std::vector<Look> looks;
  for (const Contexts& contexts : plan_.contexts)
    if (const auto* diagram = std::get_if<Diagram>(&contexts))
      for (const Feature& feature : diagram->inputs) looks.push_back(look_of(feature));
  std::sort(looks.begin(), looks.end());
  looks.erase(std::unique(looks.begin(), looks.end()), looks.end());
  count_ = looks.size();
  for (Index number = 0; number < looks.size(); ++number) {
    const auto& [kind, index, table] = looks[number];
    edges_.push_back(table);
    if (kind != SourceKind::lane || index >= by_lane_.size()) continue;
    if (tables_.numbers()[table].size() < kBytes) {
      by_lane_[index].push_back(number);
    } else {
      needs_codes_[index] = 1;
    }
  }
  first_.push_back(0);
  for (const Contexts& contexts : plan_.contexts) {
    if (const auto* diagram = std::get_if<Diagram>(&contexts))
      for (const Feature& feature : diagram->inputs) {
        const auto at = std::lower_bound(looks.begin(), looks.end(), look_of(feature));
        features_.push_back(static_cast<Index>(at - looks.begin()));
      }
    first_.push_back(features_.size());
  }
}

std::shared_ptr<const DiagramTables> CompiledGroup::diagram(Index contexts) const {
  return tables_.diagram(std::get<Diagram>(plan_.contexts[contexts]), diagrams_[contexts]);
}

}  // namespace rootae
