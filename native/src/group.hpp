// A group of columns made ready: its grids, and what its contexts look at.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "contexts/network.hpp"
#include "grids/grid.hpp"
#include "plan/plan.hpp"
#include "plan/sources.hpp"
#include "span.hpp"
#include "tables.hpp"

namespace rootae {

// For any number of threads.
class CompiledGroup {
 public:
  // Of a plan that is checked. All three have to outlive this. Throws as compiling grids does.
  CompiledGroup(const Group& plan, const Tables& tables, const std::vector<Network>& networks);

  [[nodiscard]] const Group& plan() const noexcept { return plan_; }
  [[nodiscard]] const Tables& tables() const noexcept { return tables_; }
  // The grid of a lane, or of a link by its number behind them.
  [[nodiscard]] const CompiledGrid& grid(Index i) const noexcept { return grids_[i]; }
  // Whether contexts look at the codes of a lane, or at a latent.
  [[nodiscard]] bool is_seen(Index lane) const noexcept { return seen_[lane] != 0; }
  [[nodiscard]] bool is_latent_seen(Index latent) const noexcept { return latents_[latent] != 0; }

  // What diagrams look at, each once: so many features.
  [[nodiscard]] std::size_t features() const noexcept { return count_; }
  // The numbers of those that a lane's codes give in a byte; and whether contexts look at its codes
  // in another way, too.
  [[nodiscard]] const std::vector<Index>& features_of_lane(Index lane) const noexcept {
    return by_lane_[lane];
  }
  [[nodiscard]] bool needs_codes(Index lane) const noexcept { return needs_codes_[lane] != 0; }
  // The table of edges that a feature is by.
  [[nodiscard]] Index edges_of(Index feature) const noexcept { return edges_[feature]; }
  // The numbers of those of a diagram, input by input; none of a stage.
  [[nodiscard]] Span<const Index> features_of(Index contexts) const noexcept {
    return {features_.data() + first_[contexts], first_[contexts + 1] - first_[contexts]};
  }
  // The tables of a diagram. Throws as DiagramTables does.
  [[nodiscard]] std::shared_ptr<const DiagramTables> diagram(Index contexts) const;
  // The network of a stage.
  [[nodiscard]] const Network& network(const Stage& stage) const {
    return networks_.at(stage.network);
  }

 private:
  void number_features();
  void note_seen(const Contexts& contexts);

  const Group& plan_;
  const Tables& tables_;
  const std::vector<Network>& networks_;
  std::vector<CompiledGrid> grids_;  // of lanes, then of links
  std::vector<std::uint8_t> seen_, needs_codes_, latents_;
  std::vector<std::vector<Index>> by_lane_;
  std::vector<Index> edges_;  // of each feature
  std::vector<Index> features_;    // of all diagrams
  std::vector<std::size_t> first_;  // of each contexts
  std::size_t count_ = 0;
  mutable std::vector<std::shared_ptr<const DiagramTables>> diagrams_;  // locked by the tables
};

}  // namespace rootae
