// Grids and bounds from a plan's text. FORMAT.md, sections 3 and 5.
#include <cfloat>
#include <cmath>

#include "plan/members.hpp"
#include "plan/parse.hpp"

namespace rootae {
namespace {

using json::Value;

constexpr std::int64_t octave_at_most = 2048;
constexpr double least_error = 0x1p-52;  // of segments: codes stay below 2^62
constexpr std::size_t special_at_most = 16;
constexpr std::int64_t farthest = std::int64_t{1} << 62;
constexpr const char* otherwise = "has not the members of a grid";

Type float_type(const Value& value) {
  const Type found = type(value);
  if (!is_float(found)) wrong(value, "is no type of floats");
  return found;
}

Type whole_type(const Value& value) {
  const Type found = type(value);
  if (is_float(found)) wrong(value, "is no type of whole numbers");
  return found;
}

double between(const Value& value, double low, double high) {
  const double found = number(value);
  if (!(low < found && found < high)) wrong(value, "is out of range");
  return found;
}

AbsoluteGrid absolute(const Value& value) {
  constexpr std::array<std::string_view, 3> names = {"dtype", "kind", "step"};
  const auto [dtype, kind, step] = members(value, names, otherwise);
  return {float_type(dtype), between(step, 0.0, HUGE_VAL)};
}

RelativeGrid relative(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"dtype", "error", "kind", "octave"};
  const auto [dtype, error, kind, octave] = members(value, names, otherwise);
  const RelativeGrid grid{float_type(dtype), between(error, 0.0, 1.0),
                          static_cast<std::uint32_t>(whole(octave, 0, octave_at_most))};
  if (grid.octave == 0 && grid.error < least_error) wrong(error, "is below 2^-52");
  return grid;
}

std::variant<AbsoluteGrid, RelativeGrid> base_of(const Value& value) {
  const std::string_view kind = kind_of(value);
  if (kind == "abs") return absolute(value);
  if (kind == "rel") return relative(value);
  unknown(value, kind, "abs, rel");
}

// Whether a value is a number of the type.
bool is_of(Type type, double value) {
  return type == Type::float64 || (std::fabs(value) <= static_cast<double>(FLT_MAX) &&
                                   static_cast<double>(static_cast<float>(value)) == value);
}

SpecialGrid special(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"base", "codes", "kind", "values"};
  const auto [base, codes, kind, values] = members(value, names, otherwise);
  SpecialGrid grid{base_of(base), list(values, number),
                   list(codes, [](const Value& v) { return whole(v, -farthest, farthest); })};
  const std::size_t count = grid.values.size();
  if (count < 1 || count > special_at_most || grid.codes.size() != count)
    wrong(value, "has not 1 to 16 special values, each with a code");
  const Type type = std::visit([](const auto& x) { return x.type; }, grid.base);
  for (std::size_t i = 0; i < count; ++i) {
    const double v = grid.values[i];
    if (!is_of(type, v)) wrong(values, "has a value that is none of its type");
    if (i == 0) continue;
    const double before = grid.values[i - 1];
    const bool zeros = before == v && std::signbit(before) && !std::signbit(v);
    if (!(before < v || zeros)) wrong(values, "does not ascend");
    if (grid.codes[i - 1] >= grid.codes[i]) wrong(codes, "does not ascend");
  }
  return grid;
}

RankGrid rank(const Value& value) {
  constexpr std::array<std::string_view, 4> names = {"dtype", "edges", "kind", "points"};
  const auto [dtype, edges, kind, points] = members(value, names, otherwise);
  return {type(dtype), index(edges), index(points)};
}

}  // namespace

Grid parse_grid(const Value& value) {
  constexpr std::array<std::string_view, 2> names = {"dtype", "kind"};
  const std::string_view kind = kind_of(value);
  if (kind == "integer") return IntegerGrid{whole_type(members(value, names, otherwise)[0])};
  if (kind == "bits") return BitsGrid{float_type(members(value, names, otherwise)[0])};
  if (kind == "abs") return absolute(value);
  if (kind == "rel") return relative(value);
  if (kind == "rank") return rank(value);
  if (kind == "special") return special(value);
  unknown(value, kind, "integer, bits, abs, rel, rank, special");
}

Bound parse_bound(const Value& value) {
  constexpr std::array<std::string_view, 2> names = {"error", "kind"};
  const std::string_view kind = kind_of(value);
  BoundKind found = BoundKind::exact;
  if (kind == "abs") {
    found = BoundKind::absolute;
  } else if (kind == "rel") {
    found = BoundKind::relative;
  } else if (kind == "none") {
    found = BoundKind::none;
  } else if (kind != "exact") {
    unknown(value, kind, "exact, abs, rel, none");
  }
  const Value error = members(value, names, "has not the members of a bound")[0];
  if (found == BoundKind::absolute) return {found, between(error, 0.0, HUGE_VAL)};
  if (found == BoundKind::relative) return {found, between(error, 0.0, 1.0)};
  if (number(error) != 0.0) wrong(error, "is not zero");
  return {found, 0.0};
}

}  // namespace rootae
