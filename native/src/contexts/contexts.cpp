#include "contexts.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "../error.hpp"
#include "../piece.hpp"
#include "../program.hpp"
#include "outputs.hpp"

namespace rootae {

namespace {

constexpr std::size_t kBytes = 256;  // what a feature of one byte may be

// Writes rows of a feature, as a network sees it.
class Input {
 public:
  Input(const Feature& feature, View& view)
      : by_(feature.by), codes_(view.codes(feature.of)), edges_(edges_of(feature, view)) {}

  template <class T>
  void look(std::size_t first, std::size_t count, T* out) const {
    const CodeSpan some = codes_.part(first, count);
    if (edges_ != nullptr) return edges_->look(some, out);
    some.visit([&](auto span) { look_at(span, out); });
  }

 private:
  template <class T>
  void look_at(Span<const std::int64_t> codes, T* out) const {
    if (const auto* digit = std::get_if<Digit>(&by_)) return look_at_digit(*digit, codes, out);
    look_at_raw(codes, out);
  }
  template <class T>
  void look_at(Span<const std::int32_t> codes, T* out) const {
    in_pieces(codes.size(), [&](std::size_t first, std::size_t count) {
      std::int64_t wide[kPiece];
      std::copy_n(codes.data() + first, count, wide);
      look_at(Span<const std::int64_t>(wide, count), out + first);
    });
  }
  static const EdgeLookup* edges_of(const Feature& feature, const View& view) {
    const auto* edges = std::get_if<Edges>(&feature.by);
    return edges != nullptr ? &view.group().tables().edges(edges->table) : nullptr;
  }

  const std::variant<Edges, Digit, Raw>& by_;
  CodeSpan codes_;
  const EdgeLookup* edges_;
};

// Puts a target's outputs where they are awaited: its contexts, or the codes of a lane without a
// bound.
class Aim {
 public:
  Aim(Span<const std::int64_t> location, Span<const std::int64_t> scale, bool has_bound)
      : has_bound_(has_bound) {
    if (has_bound) {
      contexts_.emplace(location, scale);
    } else {
      codes_.emplace(location);
    }
  }

  [[nodiscard]] std::uint8_t bytes() const noexcept {
    return has_bound_ ? (contexts_->count() <= kBytes ? 1 : 2) : 8;
  }
  void put_into(std::uint8_t* out) noexcept { out_ = out; }

  template <class T>
  void put(Span<const T> location, Span<const T> scale, std::size_t first) const {
    if (!has_bound_) {
      codes_->codes(location, reinterpret_cast<std::int64_t*>(out_) + first);
      check_outputs(scale);
    } else if (bytes() == 1) {
      contexts_->contexts(location, scale, out_ + first);
    } else {
      contexts_->contexts(location, scale, reinterpret_cast<std::uint16_t*>(out_) + first);
    }
  }

 private:
  bool has_bound_;
  std::optional<OutputContexts> contexts_;
  std::optional<OutputCodes> codes_;
  std::uint8_t* out_ = nullptr;
};

}  // namespace

void Look::see_zeros(std::size_t rows) const {
  const std::int64_t zero = 0;
  std::uint8_t one = 0;
  through->look(Span<const std::int64_t>(&zero, 1), &one);
  std::fill_n(seen, rows, one);
}

GroupContexts::GroupContexts(View& view, Bytes modes)
    : view_(view), modes_(modes), followed_(view.group().plan().contexts.size()),
      of_lanes_(view.group().plan().lanes.size()), features_(view.group().features()),
      looking_(features_.size()) {}

void GroupContexts::expect(Index contexts) {
  view_.expect(view_.group().plan().contexts[contexts]);
  for (const Index feature : view_.group().features_of(contexts)) {
    Shared& shared = features_[feature];
    shared.is_shared = ++shared.readers > 1;
  }
}

std::vector<Look> GroupContexts::looks_at(Index lane) {
  std::vector<Look> found;
  const CompiledGroup& group = view_.group();
  if (group.needs_codes(lane)) return found;
  for (const Index feature : group.features_of_lane(lane)) {
    Shared& shared = features_[feature];
    if (shared.readers == 0) continue;
    shared.seen = view_.memories().take(view_.rows());
    found.push_back({&group.tables().edges(group.edges_of(feature)), shared.seen.data()});
  }
  return found;
}

void GroupContexts::release(Index contexts) {
  followed_[contexts] = Memory();
  for (const Index feature : view_.group().features_of(contexts))
    if (--features_[feature].readers == 0) features_[feature] = Shared();
  view_.release(view_.group().plan().contexts[contexts]);
}

void GroupContexts::clear() {
  for (Memory& one : followed_) one = Memory();
  for (OfLane& one : of_lanes_) one = OfLane();
  for (Shared& one : features_) one = Shared();
}

void GroupContexts::prepare(Index lane) {
  const Index contexts = *view_.group().plan().lanes[lane].contexts;
  const bool by_diagram = std::holds_alternative<Diagram>(view_.group().plan().contexts[contexts]);
  by_diagram ? follow(contexts) : static_cast<void>(predicted(lane));
}

bool GroupContexts::is_prepared(Index lane) const {
  const Index contexts = *view_.group().plan().lanes[lane].contexts;
  return followed_[contexts].is_there() || of_lanes_[lane].memory.is_there();
}

const Stage& GroupContexts::stage_of(Index lane) const {
  const Group& plan = view_.group().plan();
  return std::get<Stage>(plan.contexts[*plan.lanes[lane].contexts]);
}

ContextSpan GroupContexts::of(Index lane) {
  const Group& plan = view_.group().plan();
  const Index contexts = *plan.lanes[lane].contexts;
  const std::size_t rows = view_.rows();
  if (std::holds_alternative<Diagram>(plan.contexts[contexts])) {
    follow(contexts);
    return Span<const std::uint8_t>(followed_[contexts].data(), rows);
  }
  predicted(lane);
  const OfLane& found = of_lanes_[lane];
  if (found.bytes == 1) return Span<const std::uint8_t>(found.memory.data(), rows);
  return Span<const std::uint16_t>(found.memory.as<std::uint16_t>(), rows);
}

Span<const std::int64_t> GroupContexts::predicted(Index lane) {
  if (!of_lanes_[lane].memory.is_there()) {
    const Stage& stage = stage_of(lane);
    view_.group().network(stage).element() == Element::float32 ? run<float>(stage)
                                                                : run<double>(stage);
  }
  return {of_lanes_[lane].memory.as<std::int64_t>(), view_.rows()};
}

void GroupContexts::follow(Index contexts) {
  if (followed_[contexts].is_there()) return;
  const auto& diagram = std::get<Diagram>(view_.group().plan().contexts[contexts]);
  const Span<const Index> features = view_.group().features_of(contexts);
  std::vector<Seen> inputs;
  for (std::size_t k = 0; k < diagram.inputs.size(); ++k)
    inputs.push_back(look(diagram.inputs[k], features[k]));
  const std::shared_ptr<const DiagramTables> tables = view_.group().diagram(contexts);
  Memory made = view_.memories().take(view_.rows());
  tables->follow(Span<const Seen>(inputs.data(), inputs.size()), {made.data(), view_.rows()});
  followed_[contexts] = std::move(made);
}

// What an input of a diagram sees, worked out beforehand where several look at it.
Seen GroupContexts::look(const Feature& feature, Index number) {
  Shared& shared = features_[number];
  const EdgeLookup& edges = view_.group().tables().edges(std::get<Edges>(feature.by).table);
  const std::lock_guard<std::mutex> lock(looking_[number]);
  if (shared.seen.is_there()) return {{}, &edges, shared.seen.data()};
  const CodeSpan codes = view_.codes(feature.of);
  if (shared.is_shared && edges.width() <= kBytes) {
    Memory made = view_.memories().take(view_.rows());
    edges.look(codes, made.data());
    shared.seen = std::move(made);
  }
  return {codes, &edges, shared.seen.data()};
}

// Whether a lane is yet to be decoded by what its stage says of it.
bool GroupContexts::is_awaited(const Stage& stage, Index lane) const {
  const Group& plan = view_.group().plan();
  const bool by_contexts = modes_[lane] == mode::contexts || modes_[lane] == mode::predicted;
  if (!by_contexts || !plan.lanes[lane].contexts) return false;
  const auto* own = std::get_if<Stage>(&plan.contexts[*plan.lanes[lane].contexts]);
  if (own != &stage) return false;  // another thread may be decoding it
  return !view_.is_decoded(lane) && !of_lanes_[lane].memory.is_there();
}

template <class T>
void GroupContexts::run(const Stage& stage) {
  const std::vector<Table>& tables = view_.group().tables().numbers();
  const std::size_t rows = view_.rows();
  std::vector<Input> inputs;
  for (const Feature& feature : stage.inputs) inputs.emplace_back(feature, view_);
  std::vector<std::optional<Aim>> aims(stage.targets.size());
  std::vector<OfLane> made(stage.targets.size());
  for (std::size_t t = 0; t < aims.size(); ++t) {
    const Target& target = stage.targets[t];
    if (!target.lane || !is_awaited(stage, *target.lane)) continue;
    const bool has_bound = view_.group().plan().lanes[*target.lane].bound.kind != BoundKind::none;
    aims[t].emplace(tables[target.location], tables[target.scale], has_bound);
    made[t].bytes = aims[t]->bytes();
    made[t].memory = view_.memories().take(rows * made[t].bytes);
    aims[t]->put_into(made[t].memory.data());
  }
  Evaluation<T> network(view_.group().network(stage));
  for (std::size_t first = 0; first < rows; first += network.rows()) {
    const std::size_t count = std::min(network.rows(), rows - first);
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].look(first, count, network.input(i));
    network.run(count);
    for (std::size_t t = 0; t < aims.size(); ++t) {
      const Span<const T> location(network.output(2 * t), count);
      const Span<const T> scale(network.output(2 * t + 1), count);
      if (aims[t]) {
        aims[t]->put(location, scale, first);
      } else {
        check_outputs(location);
        check_outputs(scale);
      }
    }
  }
  for (std::size_t t = 0; t < aims.size(); ++t)
    if (aims[t]) of_lanes_[*stage.targets[t].lane] = std::move(made[t]);
}

}  // namespace rootae
