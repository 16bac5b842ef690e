// What a codec knows, as plain data: FORMAT.md, section 3, object by object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "types.hpp"

namespace rootae {

using Index = std::uint32_t;  // counts from 0; what it counts exists once a plan is checked
using Table = std::vector<std::int64_t>;

// Grids, section 5.
struct IntegerGrid { Type type; };
struct BitsGrid { Type type; };
struct AbsoluteGrid { Type type; double step; };
struct RelativeGrid { Type type; double error; std::uint32_t octave; };
struct RankGrid { Type type; Index edges; Index points; };
struct SpecialGrid {
  std::variant<AbsoluteGrid, RelativeGrid> base;
  std::vector<double> values;
  std::vector<std::int64_t> codes;
};
using Grid =
    std::variant<IntegerGrid, BitsGrid, AbsoluteGrid, RelativeGrid, RankGrid, SpecialGrid>;

enum class BoundKind : std::uint8_t { exact, absolute, relative, none };
struct Bound {
  BoundKind kind;
  double error;
};

// Relations, section 4.
struct Rule {
  std::vector<std::pair<Index, double>> terms;  // a lane of the group and a coefficient
};
enum class TermKind : std::uint8_t { one, lane, px, py, pz, energy };
struct Term {
  TermKind kind;
  std::vector<Index> lanes;  // of the group, then its links
  double coefficient;
};
struct Centre {
  std::vector<Term> terms;
  bool root;
  std::int64_t low, high;
};
struct Link {
  Index by, element;
  std::string group, column;
  Grid grid;
};

// Contexts, section 6.
enum class SourceKind : std::uint8_t { lane, centre, latent };
struct Source {
  SourceKind kind;
  Index index;
};
struct Edges { Index table; };
struct Digit { std::int64_t low; std::uint32_t shift, top; };
struct Raw {};
struct Feature {
  Source of;
  std::variant<Edges, Digit, Raw> by;
};
struct Target {
  std::optional<Index> lane;
  Index location, scale;
};
struct Stage {
  Index network;
  std::vector<Feature> inputs;
  std::vector<Target> targets;
};
struct Diagram {
  std::vector<Feature> inputs;  // all by edges
  std::vector<Index> tables;
};
using Contexts = std::variant<Stage, Diagram>;
struct Encoder {
  Index network;
  std::vector<Feature> inputs;
  std::uint32_t latents;
};

struct Lane {
  std::string column, why;
  Index element;
  Grid grid;
  Bound bound;
  std::optional<Rule> derived;
  std::optional<Index> contexts;
  std::optional<Centre> centre;
};
struct Group {
  std::string name, family;
  std::vector<Lane> lanes;
  std::vector<Contexts> contexts;
  std::vector<Link> links;
  std::optional<Encoder> encoder;
};
struct Leaf { std::string kind, name, title, of; };
struct Column {
  std::string name, typename_, title;
  Type type;
  std::vector<std::uint64_t> inner_shape;
  std::optional<std::string> counter;
  bool is_counter;
  std::optional<Leaf> leaf;
};
struct Branch {
  std::string name, typename_, title;
  bool coded;
  std::optional<std::string> counter;
};
struct Tree {
  std::string path, title;
  std::vector<Column> columns;
  std::vector<Branch> branches;
  std::vector<Group> groups;
};
struct Plan {
  std::vector<Tree> trees;
};

}  // namespace rootae
