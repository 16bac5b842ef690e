// Plans are read into plain data and held against themselves.
#include <string>

#include "check.hpp"
#include "error.hpp"
#include "example.hpp"
#include "plan/check.hpp"
#include "plan/order.hpp"
#include "plan/parse.hpp"

using namespace rootae;

namespace {

std::string with(std::string text, const std::string& old, const std::string& other) {
  const std::size_t at = text.find(old);
  CHECK(at != std::string::npos && text.find(old, at + 1) == std::string::npos);
  return text.replace(at, old.size(), other);
}

// The example with other members, no tables and no networks.
void checked(const std::string& text) { check(parse(text), {}, {}); }

void example_is_read() {
  const Plan plan = parse(example::plan);
  check(plan, {}, {});
  CHECK(plan.trees.size() == 1 && encoders_of(plan).empty());
  const Tree& tree = plan.trees[0];
  CHECK(tree.path == "t" && tree.columns.size() == 4 && tree.branches.size() == 4);
  CHECK(tree.columns[3].counter == "nj" && tree.columns[2].is_counter && !tree.columns[0].leaf);
  CHECK(tree.columns[1].type == Type::float32 && tree.columns[1].typename_ == "float");
  CHECK(tree.groups.size() == 2 && tree.groups[0].name.empty() && tree.groups[1].name == "nj");
  const Lane& x = tree.groups[0].lanes[1];
  CHECK(x.column == "x" && x.why == "--bound x=abs:0.1" && x.bound.kind == BoundKind::absolute);
  CHECK(x.bound.error == 0.1 && std::get<AbsoluteGrid>(x.grid).step == 0x1.9999919998p-3);
  const auto& grid = std::get<RelativeGrid>(tree.groups[1].lanes[0].grid);
  CHECK(grid.octave == 35 && grid.type == Type::float32 && grid.error == 0x1.47ad947ae147bp-7);
}

void other_plans() {
  const std::string& plan = example::plan;
  REFUSED(parse(with(plan, "\"format\":2", "\"format\":3")), format);
  REFUSED(parse(with(plan, "\"format\":2", "\"format\":1")), format);
  REFUSED(parse("{\"format\":99,\"forests\":[]}"), format);
  REFUSED(parse(with(plan, "\"format\":2", "\"format\":\"2\"")), corrupt);
  REFUSED(parse("[]"), corrupt);
  REFUSED(parse("{}"), corrupt);
  REFUSED(parse(with(plan, "\"kind\":\"rel\",\"octave\"", "\"kind\":\"log\",\"octave\"")), format);
  REFUSED(parse(with(plan, "1.9999919998000p-3", "1.9999919998p-3")), corrupt);
  REFUSED(parse(with(plan, "\"octave\":35", "\"octave\":35.0")), corrupt);
  REFUSED(parse(with(plan, "\"octave\":35", "\"octave\":2049")), corrupt);
  REFUSED(parse(with(plan, "\"training\":{}", "\"training\":[]")), corrupt);
  REFUSED(parse(with(plan, "\"tables\":[]", "\"tables\":[1]")), corrupt);
  REFUSED(parse(with(plan, "\"path\":\"t\",", "")), corrupt);
  REFUSED(parse(with(plan, "\"path\":\"t\"", "\"path\":\"t\",\"more\":0")), corrupt);
  REFUSED(parse(with(plan, "\"path\":\"t\"", "\"way\":\"t\"")), corrupt);
  parse(with(plan, "\"training\":{}", "\"training\":{\"any\":[1e999,{\"thing\":null}]}"));
}

void astray() {
  const std::string& plan = example::plan;
  checked(plan);
  REFUSED(checked(with(plan, "\"leaf\":null,\"name\":\"x\"", "\"leaf\":null,\"name\":\"z\"")), corrupt);
  REFUSED(checked(with(plan, "\"column\":\"x\"", "\"column\":\"y\"")), corrupt);
  REFUSED(checked(with(plan, "\"column\":\"x\"", "\"column\":\"a\"")), corrupt);
  REFUSED(checked(with(plan, "\"links\":[],\"name\":\"nj\"", "\"links\":[],\"name\":\"nk\"")), corrupt);
  REFUSED(checked(with(plan, "\"dtype\":\"float32\",\"kind\":\"abs\"", "\"dtype\":\"float64\",\"kind\":\"abs\"")),
          corrupt);
  const std::string none = "\"column\":\"j_pt\",\"contexts\":null,\"derived\":null";
  REFUSED(checked(with(plan, none, "\"column\":\"j_pt\",\"contexts\":0,\"derived\":null")), corrupt);
  REFUSED(checked(with(plan, none,
                       "\"column\":\"j_pt\",\"contexts\":null,\"derived\":{\"terms\":[[0,"
                       "\"0x1.0000000000000p+0\"]]}")),
          corrupt);
  REFUSED(checked(with(plan, none,
                       "\"column\":\"j_pt\",\"contexts\":null,\"derived\":{\"terms\":[[1,"
                       "\"0x1.0000000000000p+0\"]]}")),
          corrupt);
}

void long_chains() {
  constexpr Index many = 200000;
  Group group{"", "", {}, {}, {}, std::nullopt};
  for (Index i = 0; i < many; ++i) {
    Lane lane{"c", "", 0, IntegerGrid{Type::int32}, {BoundKind::exact, 0}, {}, {}, {}};
    if (i + 1 < many)
      lane.centre = Centre{{{TermKind::lane, {i + 1}, 1.0}}, false, 0, 1};
    group.lanes.push_back(lane);
  }
  const std::vector<Index> order = lane_order(group);
  CHECK(order.size() == many && order.front() == many - 1 && order.back() == 0);
  group.lanes.back().centre = group.lanes.front().centre;
  REFUSED(lane_order(group), corrupt);
}

// A diagram of two states, and tables that it cannot go by.
void diagrams() {
  const Feature seen{{SourceKind::lane, 0}, Edges{0}};
  const Lane lane{"c", "", 0, IntegerGrid{Type::int32}, {BoundKind::exact, 0}, {}, {}, {}};
  Group group{"", "", {lane, lane}, {Diagram{{seen, seen}, {1, 2}}}, {}, std::nullopt};
  group.lanes[1].contexts = 0;
  std::vector<Table> tables = {{5}, {0, 1}, {0, 255, 3, 4}};
  auto holds = [&] { check_group(group, facts_of(tables), {}); };
  holds();
  const std::vector<Table> wrong = {{5, 6}, {0, 2}, {0, 256, 3, 4}, {0, -1, 3, 4}, {0, 1, 2}, {}};
  const std::vector<std::size_t> place = {0, 1, 2, 2, 2, 2};
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    const Table right = tables[place[i]];
    tables[place[i]] = wrong[i];
    REFUSED(holds(), corrupt);
    tables[place[i]] = right;
  }
  tables[1] = {0, INT64_MAX};
  REFUSED(holds(), corrupt);
  tables[1] = {0, 1};
  tables[0] = {6, 5};
  REFUSED(holds(), corrupt);
}

void ranks() {
  const Lane lane{"c", "", 0, RankGrid{Type::int32, 0, 1}, {BoundKind::none, 0}, {}, {}, {}};
  const Group group{"", "", {lane}, {}, {}, std::nullopt};
  constexpr std::int64_t one = 0x3FF0000000000000, infinite = 0x7FF0000000000000;
  check_group(group, facts_of(std::vector<Table>{{}, {one}}), {});
  for (const Table& points : {Table{}, Table{one, infinite}, Table{infinite + 1, one}, Table{-1}})
    REFUSED(check_group(group, facts_of(std::vector<Table>{{}, points}), {}), corrupt);
}

void facts() {
  const std::vector<Table> tables = {{}, {3, 3, 4}, {4, 3}, {0x7FF0000000000000}, {INT64_MIN}};
  const std::vector<TableFacts> found = facts_of(tables);
  CHECK(found[0].ascends && found[0].size == 0 && found[1].ascends && !found[2].ascends);
  CHECK(found[1].low == 3 && found[1].high == 4 && found[1].is_finite);
  CHECK(!found[3].is_finite && found[4].is_finite);
}

}  // namespace

int main() {
  example_is_read();
  other_plans();
  astray();
  long_chains();
  diagrams();
  ranks();
  facts();
}
