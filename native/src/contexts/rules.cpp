#include "rules.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "units.hpp"

namespace rootae {
namespace {

using Arrays = std::vector<const Array*>;  // null for an end of Clip that is left open

// A node's attributes, each of which has to be asked for once.
class Attributes {
 public:
  explicit Attributes(const Node& node) : node_(node) {}

  std::int64_t integer(std::string_view name, std::int64_t otherwise) {
    const Attribute* found = find(name);
    if (found == nullptr) return otherwise;
    hold_fit(found->i.has_value(), "an attribute");
    return *found->i;
  }

  bool flag(std::string_view name, bool otherwise) {
    const std::int64_t value = integer(name, otherwise ? 1 : 0);
    hold_fit(value == 0 || value == 1, "an attribute");
    return value == 1;
  }

  float factor(std::string_view name) {
    const Attribute* found = find(name);
    if (found == nullptr) return 1;
    hold_fit(found->f.has_value() && std::isfinite(*found->f), "factors");
    return *found->f;
  }

  const std::vector<std::int64_t>* integers(std::string_view name) {
    const Attribute* found = find(name);
    if (found == nullptr) return nullptr;
    hold_fit(found->ints.has_value(), "an attribute");
    return &*found->ints;
  }

  bool has(std::string_view name) const { return look(name) != nullptr; }

  void hold_all_known() const {
    hold_fit(known_ == node_.attributes.size(), "an attribute that is not known");
  }

 private:
  const Attribute* look(std::string_view name) const {
    for (const auto& [key, attribute] : node_.attributes) {
      if (key == name) return &attribute;
    }
    return nullptr;
  }

  const Attribute* find(std::string_view name) {
    const Attribute* found = look(name);
    known_ += found != nullptr ? 1 : 0;
    return found;
  }

  const Node& node_;
  std::size_t known_ = 0;
};

void hold_floats(const Array& a, const Array& b) {
  hold_fit(a.element == b.element && is_float(a.element), "types");
}

// The shape of two arrays together, as ONNX broadcasts them.
Shape broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  const std::size_t before = longer.size() - shorter.size();
  Shape shape = longer;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& n = shape[before + i];
    const std::int64_t m = shorter[i];
    hold_fit(n == m || n == 1 || m == 1, "shapes");
    if (n == 1) n = m;
  }
  return shape;
}

std::int64_t axis_of(std::int64_t axis, const Shape& shape) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  hold_fit(-rank <= axis && axis < rank, "an axis");
  return axis < 0 ? axis + rank : axis;
}

Made alone(const Array& x) {
  hold_fit(is_float(x.element), "a type");
  return {x.shape, x.element, 0};
}

Made both(const Array& a, const Array& b) {
  hold_floats(a, b);
  return {broadcast(a.shape, b.shape), a.element, 0};
}

Made clip(const Arrays& given) {
  const Array& x = *given[0];
  for (std::size_t i = 1; i < given.size(); ++i) {
    const Array* end = given[i];
    const bool fits = end == nullptr || (end->shape.empty() && end->element == x.element);
    hold_fit(fits, "the ends of Clip");
  }
  return alone(x);
}

Made product(const Array& a, const Array& b, const Shape& left, const Shape& right) {
  hold_fit(left.size() >= 2 && right.size() >= 2, "matrices");
  hold_floats(a, b);
  const std::int64_t inner = left.back();
  hold_fit(inner == right[right.size() - 2] && inner >= 0, "matrices");
  Shape shape = broadcast({left.begin(), left.end() - 2}, {right.begin(), right.end() - 2});
  shape.push_back(left[left.size() - 2]);
  shape.push_back(right.back());
  const std::uint64_t work = times(units_of(shape), static_cast<std::uint64_t>(inner));
  return {std::move(shape), a.element, work};
}

Made gemm(const Arrays& given, Attributes& attributes, Call& call) {
  const Array &a = *given[0], &b = *given[1];
  hold_fit(a.shape.size() == 2 && b.shape.size() == 2, "matrices");
  call.turned_a = attributes.flag("transA", false);
  call.turned_b = attributes.flag("transB", false);
  call.alpha = attributes.factor("alpha");
  call.beta = attributes.factor("beta");
  Shape left = a.shape, right = b.shape;
  if (call.turned_a) std::swap(left[0], left[1]);
  if (call.turned_b) std::swap(right[0], right[1]);
  Made made = product(a, b, left, right);
  if (given.size() == 3) {
    const Array& c = *given[2];
    hold_fit(c.element == made.element && broadcast(c.shape, made.shape) == made.shape,
             "what is added");
  }
  return made;
}

Made concat(const Arrays& given, Attributes& attributes, Call& call) {
  hold_fit(attributes.has("axis"), "no axis");
  const Array& first = *given[0];
  call.axis = axis_of(attributes.integer("axis", 0), first.shape);
  const auto at = static_cast<std::size_t>(call.axis);
  Shape shape = first.shape;
  std::uint64_t total = 0;
  for (const Array* part : given) {
    hold_fit(part->shape.size() == shape.size() && part->element == first.element,
             "what is put together");
    const std::int64_t n = part->shape[at];
    shape[at] = n;
    hold_fit(part->shape == shape && n != kRows, "what is put together");
    total += static_cast<std::uint64_t>(n);
    hold_fit(total <= INT64_MAX, "the size of what it makes");
  }
  shape[at] = static_cast<std::int64_t>(total);
  return {std::move(shape), first.element, 0};
}

Made gather(const Array& x, const Array& index, Attributes& attributes, Call& call) {
  call.axis = axis_of(attributes.integer("axis", 0), x.shape);
  const auto at = x.shape.begin() + call.axis;
  const std::int64_t size = *at;
  const bool whole = index.initializer != nullptr && index.element == Element::int64;
  hold_fit(whole && size != kRows, "what is gathered");
  const Initializer& of = *index.initializer;
  hold_fit(of.raw.empty() || (-size <= of.low && of.high < size), "what is gathered");
  Shape shape(x.shape.begin(), at);
  shape.insert(shape.end(), index.shape.begin(), index.shape.end());
  shape.insert(shape.end(), at + 1, x.shape.end());
  return {std::move(shape), x.element, 0};
}

Made reshape(const Array& x, const Array& target) {
  const bool whole = target.initializer != nullptr && target.element == Element::int64;
  hold_fit(whole && target.shape.size() == 1 && target.shape[0] <= 4, "a new shape");
  Shape shape = integers_of(*target.initializer);
  const auto rows = std::count(shape.begin(), shape.end(), kRows);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    hold_fit(shape[i] >= kRows && (shape[i] != 0 || i < x.shape.size()), "a new shape");
    if (shape[i] == 0) {
      shape[i] = x.shape[i];
      hold_fit(shape[i] != kRows, "a new shape");
    }
  }
  const bool free = std::find(x.shape.begin(), x.shape.end(), kRows) != x.shape.end();
  hold_fit(rows == (free ? 1 : 0) && units_of(shape) == units_of(x.shape), "a new shape");
  // of arrays without numbers, whose products may be anything, nothing is mixed
  const bool mixes = units_of(shape) != 0 && units_behind_rows(shape) != units_behind_rows(x.shape);
  hold_fit(!mixes, "a mixture of its rows");
  return {std::move(shape), x.element, 0};
}

Made transpose(const Array& x, Attributes& attributes, Call& call) {
  const std::vector<std::int64_t>* perm = attributes.integers("perm");
  call.order.resize(x.shape.size());
  std::iota(call.order.rbegin(), call.order.rend(), 0);
  if (perm != nullptr) {
    const std::vector<std::int64_t> sorted(call.order.rbegin(), call.order.rend());
    call.order = *perm;
    std::vector<std::int64_t> of = *perm;
    std::sort(of.begin(), of.end());
    hold_fit(of == sorted, "an order of dimensions");
  }
  Shape shape;
  for (const std::int64_t i : call.order) shape.push_back(x.shape[static_cast<std::size_t>(i)]);
  return {std::move(shape), x.element, 0};
}

Made argmax(const Array& x, Attributes& attributes, Call& call) {
  call.axis = axis_of(attributes.integer("axis", 0), x.shape);
  const bool kept = attributes.flag("keepdims", true);
  Shape shape = x.shape;
  const auto at = shape.begin() + call.axis;
  hold_fit(*at > 0, "what is looked through");
  *at = 1;
  if (!kept) shape.erase(at);
  return {std::move(shape), Element::int64, units_of(x.shape)};
}

Made cast(const Array& x, Attributes& attributes) {
  const std::int64_t to = attributes.integer("to", 0);
  hold_fit(to == 1 || to == 11, "a type");
  return {x.shape, static_cast<Element>(to), 0};
}

struct Inputs {
  std::size_t least, most;
};

Inputs inputs_of(Op op) {
  switch (op) {
    case Op::clip: return {1, 3};
    case Op::concat: return {1, 256};
    case Op::gemm: return {2, 3};
    case Op::add:
    case Op::gather:
    case Op::matmul:
    case Op::mul:
    case Op::reshape: return {2, 2};
    default: return {1, 1};
  }
}

Made rule(const Arrays& given, Attributes& attributes, Call& call) {
  switch (call.op) {
    case Op::add:
    case Op::mul: return both(*given[0], *given[1]);
    case Op::argmax: return argmax(*given[0], attributes, call);
    case Op::cast: return cast(*given[0], attributes);
    case Op::clip: return clip(given);
    case Op::concat: return concat(given, attributes, call);
    case Op::gather: return gather(*given[0], *given[1], attributes, call);
    case Op::gemm: return gemm(given, attributes, call);
    case Op::matmul: return product(*given[0], *given[1], given[0]->shape, given[1]->shape);
    case Op::reshape: return reshape(*given[0], *given[1]);
    case Op::transpose: return transpose(*given[0], attributes, call);
    default: return alone(*given[0]);
  }
}

}  // namespace

Made apply(const Node& node, const std::vector<Array>& arrays, Call& call) {
  const auto [least, most] = inputs_of(call.op);
  hold_fit(least <= call.inputs.size() && call.inputs.size() <= most, "what an operator is given");
  Arrays given;
  for (const std::size_t i : call.inputs) {
    const bool open = i == kNothing;
    hold_fit(!open || (call.op == Op::clip && !given.empty()), "what an operator is given");
    given.push_back(open ? nullptr : &arrays[i]);
  }
  Attributes attributes(node);
  Made made = rule(given, attributes, call);
  attributes.hold_all_known();
  return made;
}

}  // namespace rootae
