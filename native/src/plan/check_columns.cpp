// Columns and their lanes, counters, and links between groups. FORMAT.md, section 3.
#include <string>

#include "error.hpp"
#include "plan/check.hpp"
#include "plan/names.hpp"
#include "plan/shown.hpp"

namespace rootae {
namespace {

void hold_named(bool right, std::string_view name, const char* otherwise) {
  if (!right) corrupt(shown(name) + " " + otherwise + ": the codec's plan is damaged");
}

bool ends_with(std::string_view name, std::string_view end) {
  return name.size() >= end.size() && name.substr(name.size() - end.size()) == end;
}

Type type_of(const Grid& grid) {
  struct Of {
    Type operator()(const SpecialGrid& x) const {
      return std::visit([](const auto& base) { return base.type; }, x.base);
    }
    Type operator()(const IntegerGrid& x) const { return x.type; }
    Type operator()(const BitsGrid& x) const { return x.type; }
    Type operator()(const AbsoluteGrid& x) const { return x.type; }
    Type operator()(const RelativeGrid& x) const { return x.type; }
    Type operator()(const RankGrid& x) const { return x.type; }
  };
  return std::visit(Of{}, grid);
}

std::string_view group_of(const Column& column) {
  return column.counter ? std::string_view(*column.counter) : std::string_view();
}

class Columns {
 public:
  explicit Columns(const Tree& tree)
      : tree_(tree), columns_(tree.columns), groups_(tree.groups), seen_(tree.columns.size(), 0) {}

  void check() {
    hold(!columns_.repeat(), "two columns have one name: the codec's plan is damaged");
    check_names();
    for (const Group& group : tree_.groups)
      for (const Lane& lane : group.lanes) check_lane(group, lane);
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      hold_named(has_all(tree_.columns[i], seen_[i]), tree_.columns[i].name, "lacks elements");
      if (tree_.columns[i].counter) check_counter(tree_.columns[i]);
    }
    for (const Group& group : tree_.groups)
      for (const Link& link : group.links) check_link(group, link);
  }

 private:
  void check_names() const {
    const std::vector<Group>& groups = tree_.groups;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const bool right = i == 0 || groups[i - 1].name < groups[i].name;
      hold(right, "groups are in another order than their names: the codec's plan is damaged");
      const std::string& name = groups[i].name;
      hold_named(name.empty() || columns_.find(name), name, "is a group that no column counts");
    }
    std::vector<bool> carried(tree_.columns.size(), false);
    for (const Branch& branch : tree_.branches) {
      if (!branch.coded) continue;
      const std::optional<Index> found = columns_.find(branch.name);
      hold_named(found && !carried[*found], branch.name, "is no column, or a branch twice");
      carried[*found] = true;
    }
  }

  // Lanes of a column come in the order of its elements, so that one number says how far it is.
  void check_lane(const Group& group, const Lane& lane) {
    const std::optional<Index> found = columns_.find(lane.column);
    hold_named(found.has_value(), lane.column, "has a lane and is no column");
    const Column& column = tree_.columns[*found];
    hold_named(group_of(column) == group.name, lane.column, "is in another group");
    hold_named(lane.element == seen_[*found], lane.column, "lacks elements");
    hold_named(type_of(lane.grid) == column.type, lane.column, "is of several types");
    ++seen_[*found];
  }

  // Whether a column has as many elements; their number may be beyond 64 bits.
  static bool has_all(const Column& column, std::uint64_t lanes) {
    std::uint64_t left = lanes;
    for (const std::uint64_t n : column.inner_shape) {
      if (left == 0 || left % n != 0) return false;
      left /= n;
    }
    return left == 1;
  }

  [[nodiscard]] const Column* column(std::string_view name) const {
    const std::optional<Index> found = columns_.find(name);
    return found ? &tree_.columns[*found] : nullptr;
  }

  static bool is_count(const Column* column) {
    return column != nullptr && column->is_counter && column->inner_shape.empty() &&
           !is_float(column->type) && column->type != Type::boolean;
  }

  // A counter counts by entry, or by vector where another one, of entries, counts these.
  void check_counter(const Column& one) const {
    const Column* const counter = column(*one.counter);
    hold_named(is_count(counter), one.name, "is counted by no flat column of whole numbers");
    const bool nested = ends_with(*one.counter, "@inner");
    hold_named(nested == counter->counter.has_value(), one.name, "has the sizes of something else");
    if (!nested) return;
    const Column* const outer = column(*counter->counter);
    const bool right = is_count(outer) && !outer->counter && *counter->counter == one.name + "@size";
    hold_named(right, one.name, "has the sizes of something else");
  }

  void check_link(const Group& group, const Link& link) const {
    const Column* const other = column(link.column);
    bool right = !group.name.empty() && !link.group.empty() && groups_.find(link.group);
    right = right && other != nullptr && group_of(*other) == link.group;
    right = right && link.element < seen_[static_cast<std::size_t>(other - tree_.columns.data())];
    right = right && !std::holds_alternative<RankGrid>(link.grid) && type_of(link.grid) == other->type;
    right = right && !column(group.name)->counter && !column(link.group)->counter;
    hold_named(right, link.column, "is seen by a link that leads nowhere");
  }

  const Tree& tree_;
  Names columns_, groups_;
  std::vector<std::uint64_t> seen_;  // lanes of each column
};

}  // namespace

void check_columns(const Tree& tree) { Columns(tree).check(); }

}  // namespace rootae
