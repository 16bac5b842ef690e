#include "plan/parse.hpp"

#include <algorithm>
#include <climits>

#include "plan/members.hpp"
#include "plan/shown.hpp"

namespace rootae {
namespace {

using json::Value;

constexpr std::size_t deep_at_most = 64;  // records of how it was trained

Leaf parse_leaf(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"kind", "name", "of", "title"};
  const auto [kind, name, of, title] = members(value, names, "has not the members of a leaf");
  return {text(kind), text(name), text(title), text(of)};
}

Column parse_column(const Value& value) {
  constexpr std::array<std::string_view, 8> names = {
      "counter", "dtype", "inner_shape", "is_counter", "leaf", "name", "title", "typename"};
  const auto [counter, dtype, inner_shape, is_counter, leaf, name, title, kind] =
      members(value, names, "has not the members of a column");
  auto dimension = [](const Value& v) {
    return static_cast<std::uint64_t>(whole(v, 1, INT64_MAX));
  };
  return {text(name),          text(kind),       text(title),      type(dtype),
          list(inner_shape, dimension), maybe(counter, text), flag(is_counter),
          maybe(leaf, parse_leaf)};
}

Branch parse_branch(const Value& value) {
  constexpr std::array<std::string_view, 5> names = {"coded", "counter", "name", "title",
                                                     "typename"};
  const auto [coded, counter, name, title, kind] =
      members(value, names, "has not the members of a branch");
  return {text(name), text(kind), text(title), flag(coded), maybe(counter, text)};
}

Lane parse_lane(const Value& value) {
  constexpr std::array<std::string_view, 8> names = {
      "bound", "centre", "column", "contexts", "derived", "element", "grid", "why"};
  const auto [bound, centre, column, contexts, derived, element, grid, why] =
      members(value, names, "has not the members of a lane");
  return {text(column),      text(why),           index(element),
          parse_grid(grid),  parse_bound(bound),  maybe(derived, parse_rule),
          maybe(contexts, index), maybe(centre, parse_centre)};
}

Group parse_group(const Value& value) {
  constexpr std::array<std::string_view, 6> names = {"contexts", "encoder", "family",
                                                     "lanes",    "links",   "name"};
  const auto [contexts, encoder, family, lanes, links, name] =
      members(value, names, "has not the members of a group");
  return {text(name),
          text(family),
          list(lanes, parse_lane),
          list(contexts, parse_contexts),
          list(links, parse_link),
          maybe(encoder, parse_encoder)};
}

Tree parse_tree(const Value& value) {
  constexpr std::array<std::string_view, 5> names = {"branches", "columns", "groups", "path",
                                                     "title"};
  const auto [branches, columns, groups, path, title] =
      members(value, names, "has not the members of a tree");
  return {text(path), text(title), list(columns, parse_column), list(branches, parse_branch),
          list(groups, parse_group)};
}

bool is_whole(const Value& value) {
  return value.kind() == json::Kind::number &&
         value.content().find_first_of(".eE") == std::string_view::npos;
}

// Throws where a plan is of another format than 2, before anything else of it is read.
void check_format(const Value& plan) {
  Value format;
  bool found = false;
  if (plan.kind() == json::Kind::object) {
    Value name;
    for (std::size_t i = 0; i < plan.size() && !found; ++i) {
      name = i == 0 ? plan.first() : format.next();
      format = name.next();
      found = name.content() == "format";
    }
  }
  if (!found || !is_whole(format))
    corrupt("the codec's plan has no format number: the file is damaged");
  const std::string_view is = format.content();
  if (is == "2") return;
  const bool older = is[0] == '-' || is == "0" || is == "1";
  const std::string said = "the file has format " + shown(is);
  throw Error(ErrorKind::format,
              said + (older ? ", which this rootae does not read: read it with the version that wrote it"
                            : ", this rootae reads up to 2: upgrade with pip install -U rootae"));
}

bool repeats(const std::vector<Tree>& trees) {
  std::vector<std::string_view> paths;
  for (const Tree& tree : trees) paths.emplace_back(tree.path);
  std::sort(paths.begin(), paths.end());
  return std::adjacent_find(paths.begin(), paths.end()) != paths.end();
}

}  // namespace

Plan parse(std::string_view written) {
  const json::Document document(written);
  const Value root = document.root();
  check_format(root);
  constexpr std::array<std::string_view, 4> names = {"format", "tables", "training", "trees"};
  const auto [format, tables, training, trees] =
      members(root, names, "has not the members of a plan");
  if (tables.kind() != json::Kind::list || tables.size() != 0) wrong(tables, "is no empty list");
  if (training.kind() != json::Kind::object) wrong(training, "is no object");
  if (!training.is_shallow(deep_at_most)) wrong(training, "is over 64 deep");
  Plan plan{list(trees, parse_tree)};
  hold(!repeats(plan.trees), "the codec's plan has a tree twice: the file is damaged");
  return plan;
}

}  // namespace rootae
