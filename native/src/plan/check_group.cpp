// One group's plan and what it points to. FORMAT.md, sections 3 and 6.
#include <cmath>
#include <string>

#include "error.hpp"
#include "plan/check.hpp"
#include "plan/order.hpp"
#include "plan/shown.hpp"

namespace rootae {
namespace {

constexpr std::uint64_t contexts_of_diagram = 256, contexts_of_stage = 1 << 16;
constexpr double whole_below = 0x1p53;  // beyond it a coefficient is no number that floats tell

[[noreturn]] void refuse(const std::string& otherwise) {
  corrupt(otherwise + ": the codec's plan is damaged");
}

void require(bool right, const char* otherwise) {
  if (!right) refuse(otherwise);
}

bool is_rank(const Lane& lane) { return std::holds_alternative<RankGrid>(lane.grid); }

// Whether a lane's values are whole numbers or booleans; rank grids are of all types.
bool is_whole(const Lane& lane) {
  if (const auto* rank = std::get_if<RankGrid>(&lane.grid)) return !is_float(rank->type);
  return std::holds_alternative<IntegerGrid>(lane.grid);
}

class Checker {
 public:
  Checker(const Group& group, Span<const TableFacts> tables, Span<const Ends> networks)
      : group_(group), tables_(tables), networks_(networks), aimed_(group.lanes.size(), 0),
        is_stage_for_(group.lanes.size(), false) {}

  void check() {
    for (const Link& link : group_.links) {
      const Lane& by = lane(link.by);
      if (!std::holds_alternative<IntegerGrid>(by.grid))
        refuse(shown(by.column) + " is no column of indices");
    }
    for (const Lane& one : group_.lanes) check_lane(one);
    for (Index i = 0; i < group_.contexts.size(); ++i) check_contexts(i);
    if (group_.encoder) check_encoder(*group_.encoder);
    for (std::size_t i = 0; i < group_.lanes.size(); ++i) check_stage_of(i);
    lane_order(group_);
  }

 private:
  [[nodiscard]] const Lane& lane(Index number) const {
    if (number >= group_.lanes.size()) refuse("there is no lane " + std::to_string(number));
    return group_.lanes[number];
  }

  // Returns a lane, nothing for a link.
  [[nodiscard]] const Lane* seen(Index number) const {
    const std::size_t own = group_.lanes.size();
    if (number < own) return &group_.lanes[number];
    if (number - own >= group_.links.size()) refuse("there is no lane " + std::to_string(number));
    return nullptr;
  }

  [[nodiscard]] const TableFacts& table(Index number) const {
    if (number >= tables_.size()) refuse("there is no table " + std::to_string(number));
    return tables_[number];
  }

  // Returns how many ways a table of edges cuts codes.
  [[nodiscard]] std::uint64_t bins(Index number) const {
    const TableFacts& edges = table(number);
    if (!edges.ascends) refuse("table " + std::to_string(number) + " of edges does not ascend");
    return edges.size + 1;
  }

  void check_network(Index number, std::size_t inputs, std::size_t outputs) const {
    if (number >= networks_.size()) refuse("there is no network " + std::to_string(number));
    if (networks_[number] != Ends(inputs, outputs))
      refuse("network " + std::to_string(number) + " is not of " + std::to_string(inputs) +
             " inputs and " + std::to_string(outputs) + " outputs");
  }

  void check_lane(const Lane& one) const {
    if (const auto* rank = std::get_if<RankGrid>(&one.grid)) {
      static_cast<void>(table(rank->edges));
      const TableFacts& points = table(rank->points);
      require(points.size > 0 && points.is_finite, "a grid of ranks has no points or infinite ones");
    }
    const bool there = !one.contexts || *one.contexts < group_.contexts.size();
    if (!there) refuse("there are no such contexts for " + shown(one.column));
    if (one.centre) check_centre(one);
    if (one.derived) check_rule(one);
  }

  void check_centre(const Lane& one) const {
    auto holds = [](const Lane& x) { return !x.derived && !is_rank(x); };
    bool right = holds(one);
    for (const Term& term : one.centre->terms) {
      for (const Index i : term.lanes) {
        const Lane* const source = seen(i);
        right = right && (source == nullptr || holds(*source));
      }
    }
    if (!right) refuse("the centre of " + shown(one.column) + " is of what has a rule or ranks");
  }

  void check_rule(const Lane& one) const {
    for (const auto& [number, coefficient] : one.derived->terms) {
      const Lane& source = lane(number);
      if (source.derived) refuse(shown(one.column) + " follows from what follows itself");
      if (!is_whole(one)) continue;
      const bool whole = std::fabs(coefficient) < whole_below && std::trunc(coefficient) == coefficient;
      if (!whole || !is_whole(source)) refuse(shown(one.column) + " follows from what is not whole");
    }
  }

  void check_features(const std::vector<Feature>& inputs) const {
    const Index latents = group_.encoder ? group_.encoder->latents : 0;
    for (const Feature& feature : inputs) {
      if (feature.of.kind == SourceKind::latent) {
        require(feature.of.index < latents, "there is no such latent");
      } else if (feature.of.kind == SourceKind::centre) {
        require(lane(feature.of.index).centre.has_value(), "there is no such centre");
      } else {
        const Lane* const source = seen(feature.of.index);
        require(source == nullptr || !source->derived, "a lane without codes is looked at");
      }
      if (const auto* edges = std::get_if<Edges>(&feature.by)) static_cast<void>(bins(edges->table));
    }
  }

  void check_contexts(Index number) {
    const Contexts& contexts = group_.contexts[number];
    if (const auto* stage = std::get_if<Stage>(&contexts)) {
      require(!stage->inputs.empty(), "contexts look at nothing");
      check_features(stage->inputs);
      check_stage(*stage, number);
    } else if (const auto* diagram = std::get_if<Diagram>(&contexts)) {
      require(!diagram->inputs.empty(), "contexts look at nothing");
      check_features(diagram->inputs);
      check_diagram(*diagram);
    }
  }

  void check_stage(const Stage& stage, Index number) {
    check_network(stage.network, stage.inputs.size(), 2 * stage.targets.size());
    for (const Target& target : stage.targets) {
      const std::uint64_t locations = bins(target.location), scales = bins(target.scale);
      if (!target.lane) continue;
      const Lane& aim = lane(*target.lane);
      const bool few = locations * scales <= contexts_of_stage;
      require(few || aim.bound.kind == BoundKind::none, "a stage has too many contexts");
      require(aimed_[*target.lane] != number + 1, "a stage aims at a lane twice");
      aimed_[*target.lane] = number + 1;
      if (aim.contexts == number) is_stage_for_[*target.lane] = true;
    }
  }

  void check_diagram(const Diagram& diagram) const {
    std::uint64_t states = 1;
    for (std::size_t k = 0; k < diagram.inputs.size(); ++k) {
      const TableFacts& next = table(diagram.tables[k]);
      // A table has fewer than 2^25 numbers: more states are too many, and the product fits.
      const bool few = states <= next.size &&
                       states * bins(std::get<Edges>(diagram.inputs[k].by).table) <= next.size;
      require(few && next.low >= 0, "a diagram's table is too small or has negative states");
      states = static_cast<std::uint64_t>(next.high) + 1;
    }
    require(states <= contexts_of_diagram, "a diagram has too many contexts");
  }

  void check_encoder(const Encoder& encoder) const {
    check_network(encoder.network, encoder.inputs.size(), encoder.latents);
    for (const Feature& feature : encoder.inputs) {
      const bool link = feature.of.kind == SourceKind::lane && feature.of.index >= group_.lanes.size();
      require(!link && feature.of.kind != SourceKind::latent, "an encoder sees latents or links");
    }
    check_features(encoder.inputs);
  }

  void check_stage_of(std::size_t i) const {
    const Lane& one = group_.lanes[i];
    const bool stage = one.contexts && std::holds_alternative<Stage>(group_.contexts[*one.contexts]);
    if (stage && !is_stage_for_[i]) refuse("the stage of " + shown(one.column) + " is not for it");
  }

  const Group& group_;
  Span<const TableFacts> tables_;
  Span<const Ends> networks_;
  std::vector<Index> aimed_;         // by the last stage that aims at a lane, its number plus 1
  std::vector<bool> is_stage_for_;   // the lane's own one
};

}  // namespace

void check_group(const Group& group, Span<const TableFacts> tables, Span<const Ends> networks) {
  Checker(group, tables, networks).check();
}

}  // namespace rootae
