// What has to be decoded of a block, and in which order: resolved before a byte is read.
// What a lane is decoded from hangs on its mode in the block, which its directory says.
#pragma once

#include <cstdint>
#include <vector>

#include "layout.hpp"
#include "plan/graph.hpp"
#include "plan/plan.hpp"
#include "plan/sources.hpp"
#include "span.hpp"

namespace rootae {

// Modes of lanes, as directories say them. FORMAT.md, section 4.
namespace mode {
constexpr std::uint8_t plain = 0, contexts = 1, bits = 2, derived = 3, predicted = 4, centred = 5;
}

// What a block's decoder makes and may let go of; of rules it keeps nothing.
enum class Part : std::uint8_t { lane, centre, rule, contexts, latents };

// Something that is made.
struct Task {
  Part part;     // all but a rule
  Index number;  // of a lane, also for its centre; of contexts over all groups; of a latents' group
  Index lane;    // the first of the program that takes it, or itself
};

struct Program {
  std::vector<Index> lanes;    // each after all that it is decoded from
  std::vector<Index> latents;  // the groups whose latents are read
  // Lanes in that order, each right behind what is made for it first; and of each task those
  // before it that it takes.
  std::vector<Task> tasks;
  Graph takes;
  // How many nodes of these read each node, for `Resolver::release`.
  std::vector<Index> readers;
};

// Says what has to be decoded of a tree's blocks. Contexts and centres that several lanes share are
// nodes of their own, so that all this is as large as the plan, whatever a plan is like.
class Resolver {
 public:
  // Of a tree that is checked; the layout has to outlive it.
  Resolver(const Tree& tree, const Layout& layout);

  // Finds what has to be decoded for lanes.
  //   wanted: their numbers; modes: of all lanes; known: lanes that are decoded already.
  // Throws corrupt where a lane follows from itself, which no checked plan has.
  [[nodiscard]] Program resolve(Span<const Index> wanted, Bytes modes,
                                Span<const Index> known) const;

  // Notes that a lane is decoded, and calls free(Part, number) for all that nothing left of the
  // program reads: a lane or a lane's centre by the lane's number, contexts by theirs over all
  // groups, see `contexts_of`. Lanes that no other lane reads are not told of.
  template <class Free>
  void release(Program& program, Index lane, std::uint8_t mode, Free free) const {
    for (const Index node : edges(lane, mode)) drop(program, node, free);
  }

  // Contexts of all groups are counted in the plan's order: the number of each group's first ones.
  [[nodiscard]] Span<const Index> first_contexts() const { return first_contexts_; }
  // The group of contexts that are counted so.
  [[nodiscard]] Index group_of_contexts(Index number) const { return contexts_[number].group; }
  // Whether others may be decoded from a lane, or counted by it: it is worth keeping.
  [[nodiscard]] bool is_read(Index lane) const { return is_read_[lane] != 0; }
  // Whether some of them look at its values, not at its codes alone.
  [[nodiscard]] bool is_read_by_value(Index lane) const { return is_read_[lane] > 1; }

 private:
  struct Read {  // nodes that a lane reads
    Index nodes[2] = {0, 0};
    Index count = 0;
    [[nodiscard]] const Index* begin() const { return nodes; }
    [[nodiscard]] const Index* end() const { return nodes + count; }
  };

  void add_nodes(const Tree& tree);
  void add_edges(const Group& group, const GroupNodes& nodes, std::vector<Index>& linked);
  [[nodiscard]] std::vector<std::vector<Index>> seen_by_links(const Group& group,
                                                              const GroupNodes& nodes) const;
  void note_read(const Tree& tree, const std::vector<Index>& linked);
  void note_read(Index lane, std::uint8_t how);
  [[nodiscard]] Index node_of(Index lane) const;
  [[nodiscard]] Read edges(Index lane, std::uint8_t mode) const;
  [[nodiscard]] std::optional<Index> edge(Index node, Index k, Bytes modes) const;

  // A node is released by its last reader, and then releases what it reads: lanes at most.
  template <class Free>
  void drop(Program& program, Index node, Free& free) const {
    if (--program.readers[node] > 0) return;
    const Node& is = nodes_[node];
    if (is.part != Part::rule) free(is.part, is.number);
    for (const Index next : graph_.of(node)) drop(program, next, free);
  }

  struct Node {
    Part part;
    Index number;
  };
  struct OfContexts {
    Index group;
    bool latents;  // they look at some
  };
  class Tasks;
  struct Has {  // of a lane, and the node of its contexts
    bool centre, rule, contexts, latents;
    Index node;
  };

  const Layout* layout_;  // outlives this
  Graph graph_;  // of all groups, but for lanes: what they read hangs on their modes
  std::vector<Node> nodes_;
  std::vector<GroupNodes> groups_;
  std::vector<Has> lanes_;
  std::vector<Index> first_contexts_;
  std::vector<OfContexts> contexts_;
  std::vector<std::uint8_t> is_read_;  // of lanes: 1 by their codes alone, 2 by their values
};

}  // namespace rootae
