// Rules, centres and links from a plan's text. FORMAT.md, section 3.
#include "plan/members.hpp"
#include "plan/parse.hpp"

namespace rootae {
namespace {

using json::Value;

std::pair<Index, double> rule_term(const Value& value) {
  if (value.kind() != json::Kind::list || value.size() != 2) wrong(value, "is no pair");
  const Value lane = value.first();
  return {index(lane), number(lane.next())};
}

constexpr std::array<std::string_view, 6> term_kinds = {"one", "lane", "px",
                                                        "py",  "pz",   "energy"};  // as TermKind

std::size_t lanes_of(TermKind kind) {
  if (kind == TermKind::one) return 0;
  return kind == TermKind::lane ? 1 : 4;
}

Term centre_term(const Value& value) {
  constexpr std::array<std::string_view, 3> names = {"coefficient", "kind", "lanes"};
  const auto [coefficient, kind, lanes] = members(value, names, "has not the members of a term");
  const std::string_view name = kind_of(value);
  const auto* const found = std::find(term_kinds.begin(), term_kinds.end(), name);
  if (found == term_kinds.end()) wrong(kind, "is no kind of term");
  Term term{static_cast<TermKind>(found - term_kinds.begin()), list(lanes, index),
            number(coefficient)};
  if (term.lanes.size() != lanes_of(term.kind)) wrong(lanes, "has another number of lanes");
  return term;
}

}  // namespace

Rule parse_rule(const Value& value) {
  constexpr std::array<std::string_view, 1> names = {"terms"};
  const auto [terms] = members(value, names, "has not the members of a rule");
  Rule rule{list(terms, rule_term)};
  if (rule.terms.empty()) wrong(terms, "names no lane");
  return rule;
}

Centre parse_centre(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"high", "low", "root", "terms"};
  const auto [high, low, root, terms] = members(value, names, "has not the members of a centre");
  Centre centre{list(terms, centre_term), flag(root), whole(low, INT64_MIN, INT64_MAX),
                whole(high, INT64_MIN, INT64_MAX)};
  if (centre.low > centre.high) wrong(value, "has no range");
  for (const Term& term : centre.terms)
    if (!term.lanes.empty()) return centre;
  wrong(terms, "names no lane");
}

Link parse_link(const Value& value) {
  constexpr std::array<std::string_view, 5> names = {"by", "column", "element", "grid", "group"};
  const auto [by, column, element, grid, group] =
      members(value, names, "has not the members of a link");
  return {index(by), index(element), text(group), text(column), parse_grid(grid)};
}

}  // namespace rootae
