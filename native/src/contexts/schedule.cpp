#include "schedule.hpp"

#include <algorithm>

#include "scratch.hpp"
#include "units.hpp"

namespace rootae {
namespace {

class Scheduler {
 public:
  explicit Scheduler(const Checked& model)
      : arrays_(model.arrays), calls_(model.calls), output_(model.output) {}

  Schedule make() {
    find_needed();
    find_same();
    find_last_uses();
    places_.resize(arrays_.size());
    place_given();
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (needed_[calls_[i].output]) add(i);
    }
    made_.scratch = scratch_.most();
    made_.input = places_[0];
    made_.output = places_[same_[output_]];
    return std::move(made_);
  }

 private:
  // What a call computes with; numbers that say where to look are read as it is laid out.
  std::vector<std::size_t> operands(const Call& call) const {
    std::vector<std::size_t> found = call.inputs;
    if (call.op == Op::gather || call.op == Op::reshape) found.resize(1);
    found.erase(std::remove(found.begin(), found.end(), kNothing), found.end());
    return found;
  }

  void find_needed() {
    needed_.assign(arrays_.size(), false);
    needed_[output_] = true;
    for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) {
      if (!needed_[call->output]) continue;
      for (const std::size_t i : operands(*call)) needed_[i] = true;
    }
  }

  // Arrays that are others' units in the same order lie where these do.
  void find_same() {
    same_.resize(arrays_.size());
    for (std::size_t i = 0; i < same_.size(); ++i) same_[i] = i;
    for (const Call& call : calls_) {
      if (!needed_[call.output]) continue;
      const Shape& from = arrays_[call.inputs[0] == kNothing ? 0 : call.inputs[0]].shape;
      const bool reshaped = call.op == Op::reshape;
      const bool turned = call.op == Op::transpose && transposed_units(from, call.order).empty();
      if (reshaped || turned) same_[call.output] = same_[call.inputs[0]];
    }
  }

  void find_last_uses() {
    last_use_.assign(arrays_.size(), 0);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (!needed_[calls_[i].output]) continue;
      for (const std::size_t k : operands(calls_[i])) last_use_[same_[k]] = i;
    }
    last_use_[same_[output_]] = calls_.size();
  }

  bool has_rows(std::size_t array) const {
    const Shape& shape = arrays_[array].shape;
    return std::find(shape.begin(), shape.end(), kRows) != shape.end();
  }

  std::size_t units(std::size_t array) const {
    return static_cast<std::size_t>(units_of(arrays_[array].shape));
  }

  void place_given() {
    places_[0] = {true, scratch_.take(units(0))};
    for (std::size_t i = 1; i < arrays_.size() && arrays_[i].initializer != nullptr; ++i) {
      if (!needed_[i]) continue;
      places_[i] = constant(units(i));
      made_.initial.emplace_back(arrays_[i].initializer, places_[i].at);
    }
  }

  Place constant(std::size_t units) {
    const std::size_t at = made_.constants;
    made_.constants += units;
    return {false, at};
  }

  void add(std::size_t number) {
    const Call& call = calls_[number];
    const bool rows = has_rows(call.output);
    if (same_[call.output] == call.output) {
      const std::size_t count = units(call.output);
      places_[call.output] = rows ? Place{true, scratch_.take(count)} : constant(count);
      if (count != 0) (rows ? made_.steps : made_.folded).push_back(step(call, count));
    }
    give_back(call, number);
  }

  void give_back(const Call& call, std::size_t number) {
    for (const std::size_t k : operands(call)) {
      const std::size_t array = same_[k];
      if (!has_rows(array) || last_use_[array] != number) continue;
      scratch_.give(places_[array].at);
      last_use_[array] = calls_.size();  // once only
    }
  }

  Step step(const Call& call, std::size_t count) const {
    Step made;
    made.op = call.op;
    made.units = count;
    made.to = places_[call.output];
    for (const std::size_t k : operands(call)) made.from.push_back(places_[same_[k]]);
    switch (call.op) {
      case Op::add:
      case Op::mul:
        made.first = broadcast_units(shape(call, 0), arrays_[call.output].shape);
        made.second = broadcast_units(shape(call, 1), arrays_[call.output].shape);
        break;
      case Op::clip:
        made.low = call.inputs.size() > 1 && call.inputs[1] != kNothing;
        made.high = call.inputs.size() > 2;
        break;
      case Op::concat: join(call, made); break;
      case Op::gather:
        made.first = gathered_units(shape(call, 0), call.axis, *arrays_[call.inputs[1]].initializer);
        break;
      case Op::gemm:
      case Op::matmul: multiply(call, made); break;
      case Op::transpose: made.first = transposed_units(shape(call, 0), call.order); break;
      default: break;
    }
    return made;
  }

  const Shape& shape(const Call& call, std::size_t input) const {
    return arrays_[call.inputs[input]].shape;
  }

  void join(const Call& call, Step& made) const {
    for (const std::size_t k : call.inputs) {
      const Shape& part = arrays_[k].shape;
      made.widths.push_back(
          static_cast<std::size_t>(units_of({part.begin() + call.axis, part.end()})));
    }
  }

  void multiply(const Call& call, Step& made) const {
    const Shape &a = shape(call, 0), &b = shape(call, 1), &to = arrays_[call.output].shape;
    const auto length = [](const Shape& of, std::size_t from_end) {
      const std::int64_t n = of[of.size() - from_end];
      return n == kRows ? std::size_t{1} : static_cast<std::size_t>(n);
    };
    Product& p = made.product;
    p.m = length(to, 2);
    p.n = length(to, 1);
    p.inner = length(a, call.turned_a ? 2 : 1);
    p.a_m = call.turned_a ? 1 : length(a, 1);
    p.a_inner = call.turned_a ? length(a, 1) : 1;
    p.b_n = call.turned_b ? length(b, 1) : 1;
    p.b_inner = call.turned_b ? 1 : length(b, 1);
    const Shape outer(to.begin(), to.end() - 2);
    made.first = matrix_units({a.begin(), a.end() - 2}, outer, length(a, 2) * length(a, 1));
    made.second = matrix_units({b.begin(), b.end() - 2}, outer, length(b, 2) * length(b, 1));
    made.alpha = call.alpha;
    made.beta = call.beta;
    made.added = call.inputs.size() == 3;
    if (made.added) made.third = broadcast_units(shape(call, 2), to);
  }

  const std::vector<Array>& arrays_;
  const std::vector<Call>& calls_;
  std::size_t output_;
  std::vector<bool> needed_;
  std::vector<std::size_t> same_;      // of each array: the one whose place it shares
  std::vector<std::size_t> last_use_;  // of each array: the call
  std::vector<Place> places_;
  Scratch scratch_;
  Schedule made_;
};

}  // namespace

Schedule schedule(const Checked& model) { return Scheduler(model).make(); }

}  // namespace rootae
