#include "shapes.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <utility>

#include "../error.hpp"
#include "rules.hpp"

namespace rootae {
namespace {

constexpr std::uint64_t kUnits = 1 << 16;  // numbers a row of any array that is made
constexpr std::uint64_t kWork = 1 << 24;   // numbers a row that are made, or added up, in all

Op op_of(std::string_view name, Role role) {
  static const std::map<std::string_view, Op> known = {
      {"Add", Op::add},       {"ArgMax", Op::argmax},   {"Cast", Op::cast},
      {"Clip", Op::clip},     {"Concat", Op::concat},   {"Floor", Op::floor},
      {"Gather", Op::gather}, {"Gemm", Op::gemm},       {"MatMul", Op::matmul},
      {"Mul", Op::mul},       {"Relu", Op::relu},       {"Reshape", Op::reshape},
      {"Transpose", Op::transpose},
  };
  const auto found = known.find(name);
  const bool there = found != known.end();
  const bool chooses = there && (found->second == Op::argmax || found->second == Op::cast);
  if (!there || (chooses && role == Role::decoder)) {
    corrupt("a stored network holds a forbidden operator: " + std::string(name.substr(0, 80)));
  }
  return found->second;
}

bool is_short(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(), [](std::int64_t n) { return n <= kLongest; });
}

class Follower {
 public:
  Follower(const Model& model, Role role) : model_(model), role_(role) {}

  Checked follow() {
    begin();
    for (const Node& node : model_.nodes) add(node);
    end();
    return std::move(checked_);
  }

 private:
  void begin() {
    const End& input = model_.input;
    const bool right = input.shape.size() == 2 && input.shape[0] > 0 && input.shape[1] == kRows;
    hold_fit(right && !input.name.empty() && is_short(input.shape), "its input");
    name(input.name, {input.shape, input.element, nullptr});
    for (const auto& [key, found] : model_.initializers) {
      hold_fit(key != input.name && is_short(found.shape), "its input");
      name(key, {found.shape, found.element, &found});
    }
  }

  void name(std::string_view key, Array array) {
    numbers_.emplace(key, checked_.arrays.size());
    checked_.arrays.push_back(std::move(array));
  }

  void add(const Node& node) {
    Call call;
    call.op = op_of(node.op, role_);
    for (const std::string_view input : node.inputs) {
      const auto found = numbers_.find(input);
      const bool there = found != numbers_.end();
      hold_fit(there || input.empty(), "an array that nothing makes");
      call.inputs.push_back(input.empty() ? kNothing : found->second);
    }
    const Made made = apply(node, checked_.arrays, call);
    hold_fit(std::count(made.shape.begin(), made.shape.end(), kRows) <= 1, "a square of its rows");
    hold_fit(made.shape.size() <= kMostDimensions && is_short(made.shape),
             "the dimensions of what it makes");
    const std::uint64_t units = units_of(made.shape);
    hold_fit(units <= kUnits && made.work <= kWork, "the size of what it makes");
    checked_.work += units + made.work;
    hold_fit(checked_.work <= kWork, "the size of what it makes");
    const bool fresh = !node.output.empty() && numbers_.find(node.output) == numbers_.end();
    hold_fit(fresh, "the name of what it makes");
    call.output = checked_.arrays.size();
    name(node.output, {made.shape, made.element, nullptr});
    checked_.calls.push_back(std::move(call));
  }

  void end() {
    const End& output = model_.output;
    const auto found = numbers_.find(output.name);
    hold_fit(found != numbers_.end(), "its output");
    const Array& last = checked_.arrays[found->second];
    hold_fit(last.initializer == nullptr && last.shape == output.shape, "its output");
    hold_fit(last.shape.size() == 2 && last.shape[1] == kRows, "its output");
    const bool same = last.element == output.element && last.element == model_.input.element;
    hold_fit(same, "its output");
    checked_.output = found->second;
  }

  const Model& model_;
  Role role_;
  Checked checked_;
  std::map<std::string_view, std::size_t> numbers_;
};

}  // namespace

Checked check_shapes(const Model& model, Role role) { return Follower(model, role).follow(); }

std::uint64_t times(std::uint64_t a, std::uint64_t b) noexcept {
  if (a == 0 || b == 0) return 0;
  return a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

std::uint64_t units_of(const Shape& shape) noexcept {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::uint64_t units = 1;
  for (const std::int64_t n : shape) {
    if (n != kRows) units = times(units, static_cast<std::uint64_t>(n));
  }
  return units;
}

std::vector<std::int64_t> integers_of(const Initializer& initializer) {
  std::vector<std::int64_t> found(initializer.raw.size() / sizeof(std::int64_t));
  if (!found.empty()) std::memcpy(found.data(), initializer.raw.data(), initializer.raw.size());
  return found;
}

}  // namespace rootae
