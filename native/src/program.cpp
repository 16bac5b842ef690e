#include "program.hpp"

#include <algorithm>

#include "error.hpp"

namespace rootae {
namespace {

bool sees_latents(const Contexts& contexts) {
  const std::vector<Feature>& inputs = inputs_of(contexts);
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const Feature& f) { return f.of.kind == SourceKind::latent; });
}

}  // namespace

Resolver::Resolver(const Tree& tree, const Layout& layout)
    : layout_(&layout), is_read_(layout.lanes(), 0) {
  add_nodes(tree);
  std::vector<Index> linked;
  for (std::size_t g = 0; g < tree.groups.size(); ++g) add_edges(tree.groups[g], groups_[g], linked);
  note_read(tree, linked);
}

// Numbers the nodes of all groups, as `GroupNodes` has them.
void Resolver::add_nodes(const Tree& tree) {
  Index contexts = 0;
  for (std::size_t g = 0; g < tree.groups.size(); ++g) {
    const Group& group = tree.groups[g];
    const auto count = static_cast<Index>(group.lanes.size());
    const GroupNodes nodes{static_cast<Index>(nodes_.size()), count};
    groups_.push_back(nodes);
    first_contexts_.push_back(contexts);
    for (const Contexts& one : group.contexts)
      contexts_.push_back({static_cast<Index>(g), sees_latents(one)});
    for (const Lane& lane : group.lanes) {
      const Index own = lane.contexts.value_or(0);
      lanes_.push_back({lane.centre.has_value(), lane.derived.has_value(),
                        lane.contexts.has_value(),
                        lane.contexts && contexts_[contexts + own].latents, nodes.contexts(own)});
    }
    for (const Part part : {Part::lane, Part::centre, Part::rule})
      for (Index i = 0; i < count; ++i) nodes_.push_back({part, layout_->first[g] + i});
    for (std::size_t i = 0; i < group.contexts.size(); ++i)
      nodes_.push_back({Part::contexts, contexts++});
  }
}

//   linked: where to note the nodes of what links look at
void Resolver::add_edges(const Group& group, const GroupNodes& nodes, std::vector<Index>& linked) {
  const std::vector<std::vector<Index>> links = seen_by_links(group, nodes);
  for (const std::vector<Index>& seen : links) linked.insert(linked.end(), seen.begin(), seen.end());
  for (Index i = 0; i < nodes.lanes; ++i) graph_.close_node();
  add_sources(group, nodes, graph_, [&](Index i) {
    if (i < nodes.lanes) return graph_.lead(nodes.lane(i));
    for (const Index node : links[i - nodes.lanes]) graph_.lead(node);
  });
}

// Returns the nodes of what it takes to follow each link: names are looked up once.
std::vector<std::vector<Index>> Resolver::seen_by_links(const Group& group,
                                                        const GroupNodes& nodes) const {
  auto lanes_of = [&](std::string_view name) {
    const std::optional<Index> column = layout_->columns.find(name);
    hold(column.has_value(), "a link leads nowhere: the codec's plan is damaged");
    return layout_->lanes_of(*column);
  };
  std::vector<std::vector<Index>> found;
  for (const Link& link : group.links) {
    const Span<const Index> lanes = lanes_of(link.column);
    hold(link.element < lanes.size(), "a link leads nowhere: the codec's plan is damaged");
    std::vector<Index>& all = found.emplace_back();
    all.push_back(nodes.lane(link.by));
    for (const std::string_view counter : {std::string_view(group.name), std::string_view(link.group)})
      for (const Index lane : lanes_of(counter)) all.push_back(node_of(lane));
    all.push_back(node_of(lanes[link.element]));
  }
  return found;
}

// Contexts look at codes, but for those of lanes that links look at.
void Resolver::note_read(const Tree& tree, const std::vector<Index>& linked) {
  for (Index node = 0; node < nodes_.size(); ++node)
    for (const Index other : graph_.of(node))
      if (nodes_[other].part == Part::lane)
        note_read(nodes_[other].number, nodes_[node].part == Part::contexts ? 1 : 2);
  for (const Index node : linked)
    if (is_read_[nodes_[node].number] != 0) note_read(nodes_[node].number, 2);
  for (const Column& column : tree.columns) {
    if (!column.counter) continue;
    const std::optional<Index> counter =
        layout_->columns.find(*column.counter);
    hold(counter.has_value(), "a column has no counter: the codec's plan is damaged");
    for (const Index lane : layout_->lanes_of(*counter)) note_read(lane, 2);
  }
}

void Resolver::note_read(Index lane, std::uint8_t how) {
  is_read_[lane] = std::max(is_read_[lane], how);
}

Index Resolver::node_of(Index lane) const {
  return groups_[layout_->group_of[lane]].lane(layout_->within[lane]);
}

Resolver::Read Resolver::edges(Index lane, std::uint8_t mode) const {
  const Has& is = lanes_[lane];
  const GroupNodes& nodes = groups_[layout_->group_of[lane]];
  const Index i = layout_->within[lane];
  const bool by_contexts = mode == mode::contexts || mode == mode::predicted;
  Read found;
  if (is.centre && (mode == mode::contexts || mode == mode::centred))
    found.nodes[found.count++] = nodes.centre(i);
  if (is.contexts && by_contexts) found.nodes[found.count++] = is.node;
  if (is.rule && mode == mode::derived) found.nodes[found.count++] = nodes.rule(i);
  return found;
}

std::optional<Index> Resolver::edge(Index node, Index k, Bytes modes) const {
  const Node& is = nodes_[node];
  if (is.part == Part::lane) {
    const Read read = edges(is.number, modes[is.number]);
    return k < read.count ? std::optional<Index>(read.nodes[k]) : std::nullopt;
  }
  const Span<const Index> all = graph_.of(node);
  return k < all.size() ? std::optional<Index>(all[k]) : std::nullopt;
}

// Lays out what a program makes.
class Resolver::Tasks {
 public:
  Tasks(const Resolver& of, Bytes modes, Program& program)
      : of_(of), modes_(modes), program_(program), of_nodes_(of.nodes_.size(), kNone),
        latents_(of.groups_.size(), kNone) {}

  // Adds a node that is no rule, after what is made for it first: lanes are there.
  //   lane: that all this is for
  void add(Index node, Index lane) {
    const Node& is = of_.nodes_[node];
    const bool sees_latents = is.part == Part::contexts && of_.contexts_[is.number].latents;
    const Index group = sees_latents ? of_.contexts_[is.number].group : 0;
    if (sees_latents && latents_[group] == kNone)
      latents_[group] = close({Part::latents, group, lane});
    each_before(node, [&](Index other) {
      const bool is_lane = of_.nodes_[other].part == Part::lane;
      if (!is_lane && of_nodes_[other] == kNone) add(other, lane);
    });
    if (sees_latents) program_.takes.lead(latents_[group]);
    each_before(node, [&](Index other) {
      if (of_nodes_[other] != kNone) program_.takes.lead(of_nodes_[other]);  // else it was known
    });
    of_nodes_[node] = close({is.part, is.number, lane});
  }

 private:
  static constexpr Index kNone = 0xFFFFFFFF;

  // Rules are no tasks: what they take is taken by their lane.
  template <class Found>
  void each_before(Index node, Found found) const {
    for (Index k = 0; const auto other = of_.edge(node, k, modes_); ++k) {
      if (of_.nodes_[*other].part != Part::rule) {
        found(*other);
      } else {
        for (const Index source : of_.graph_.of(*other)) found(source);
      }
    }
  }

  Index close(const Task& task) {
    program_.tasks.push_back(task);
    program_.takes.close_node();
    return static_cast<Index>(program_.tasks.size() - 1);
  }

  const Resolver& of_;
  Bytes modes_;
  Program& program_;
  std::vector<Index> of_nodes_, latents_;  // the tasks of nodes, and of groups' latents
};

Program Resolver::resolve(Span<const Index> wanted, Bytes modes, Span<const Index> known) const {
  Program program;
  program.readers.assign(nodes_.size(), 0);
  std::vector<Mark> marks(nodes_.size(), Mark::fresh);
  std::vector<std::uint8_t> has_latents(groups_.size(), 0);
  Tasks tasks(*this, modes, program);
  for (const Index lane : known) marks[node_of(lane)] = Mark::done;
  auto next = [&](Index node, Index k) {
    const std::optional<Index> found = edge(node, k, modes);
    if (found) ++program.readers[*found];
    return found;
  };
  auto done = [&](Index node) {
    if (nodes_[node].part != Part::lane) return;
    const Index lane = nodes_[node].number, group = layout_->group_of[lane];
    program.lanes.push_back(lane);
    tasks.add(node, lane);
    const bool by_contexts = modes[lane] == mode::contexts || modes[lane] == mode::predicted;
    if (!lanes_[lane].latents || !by_contexts || has_latents[group] != 0) return;
    has_latents[group] = 1;
    program.latents.push_back(group);
  };
  for (const Index lane : wanted)
    hold(!depth_first(node_of(lane), marks, next, done),
         "a lane follows from itself: the codec's plan is damaged");
  return program;
}

}  // namespace rootae
