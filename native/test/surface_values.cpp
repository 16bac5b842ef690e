// What tests in Python call: grids, rules, centres, links and arithmetic.
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <vector>

#include "arithmetic.hpp"
#include "error.hpp"
#include "grids/grid.hpp"
#include "kinematics.hpp"
#include "relations/centre.hpp"
#include "relations/derived.hpp"
#include "relations/link.hpp"

#define SURFACE extern "C" __attribute__((visibility("default")))

using namespace rootae;

namespace {

// 0, or 1 more than the kind of error; no exception leaves.
template <class F>
int outcome(F&& f) noexcept {
  try {
    f();
    return 0;
  } catch (const Error& error) {
    return static_cast<int>(error.kind()) + 1;
  } catch (const std::bad_alloc&) {
    return static_cast<int>(ErrorKind::memory) + 1;
  } catch (const std::exception&) {
    return -1;
  }
}

[[nodiscard]] ConstValues values_of(int type, const void* data, std::size_t rows) noexcept {
  return {static_cast<Type>(type), static_cast<const std::uint8_t*>(data), rows};
}

[[nodiscard]] Values values_of(int type, void* data, std::size_t rows) noexcept {
  return {static_cast<Type>(type), static_cast<std::uint8_t*>(data), rows};
}

[[nodiscard]] std::vector<ConstValues> lanes_of(const int* types, const void* const* lanes,
                                                const std::size_t* rows, std::size_t count) {
  std::vector<ConstValues> found;
  for (std::size_t k = 0; k < count; ++k) found.push_back(values_of(types[k], lanes[k], rows[k]));
  return found;
}

}  // namespace

// A grid as numbers: kinds in the order of plan.hpp; parameter is a step or an error.
struct SurfaceGrid {
  int kind, type, is_relative;  // the last of a special grid's base
  double parameter;
  std::uint32_t octave;
  const double* values;
  std::size_t value_count;
  const std::int64_t* codes;
  std::size_t code_count;
  const std::int64_t* edges;
  std::size_t edge_count;
  const std::int64_t* points;
  std::size_t point_count;
};

namespace {

[[nodiscard]] Grid planned(const SurfaceGrid& of) {
  const auto type = static_cast<Type>(of.type);
  const AbsoluteGrid absolute{type, of.parameter};
  const RelativeGrid relative{type, of.parameter, of.octave};
  switch (of.kind) {
    case 0: return IntegerGrid{type};
    case 1: return BitsGrid{type};
    case 2: return absolute;
    case 3: return relative;
    case 4: return RankGrid{type, 0, 1};
    default: break;
  }
  SpecialGrid special{absolute, {of.values, of.values + of.value_count},
                      {of.codes, of.codes + of.code_count}};
  if (of.is_relative) special.base = relative;
  return special;
}

// A grid with tables of its own.
struct Compiled {
  explicit Compiled(const SurfaceGrid& of)
      : tables{{of.edges, of.edges + of.edge_count}, {of.points, of.points + of.point_count}},
        grid(planned(of), tables, octaves) {}

  static inline grids::Octaves octaves;
  std::vector<Table> tables;
  CompiledGrid grid;
};

}  // namespace

SURFACE int rootae_grid_inverse(const SurfaceGrid* grid, const std::int64_t* codes,
                                std::size_t rows, void* out) {
  return outcome([&] {
    Compiled(*grid).grid.inverse({codes, rows}, values_of(grid->type, out, rows));
  });
}

SURFACE int rootae_grid_forward(const SurfaceGrid* grid, const void* values, std::size_t rows,
                                std::int64_t* out) {
  return outcome([&] {
    Compiled(*grid).grid.forward(values_of(grid->type, values, rows), {out, rows});
  });
}

SURFACE int rootae_derive(const double* coefficients, const int* types, const void* const* lanes,
                          const std::size_t* rows, std::size_t count, int type, void* out,
                          std::size_t out_rows) {
  return outcome([&] {
    Rule rule;
    for (std::size_t k = 0; k < count; ++k)
      rule.terms.emplace_back(static_cast<Index>(k), coefficients[k]);
    derive(rule, lanes_of(types, lanes, rows, count), values_of(type, out, out_rows));
  });
}

// Terms as kinds, coefficients and, for each, the number of its lanes, which follow one another.
SURFACE int rootae_centre(const int* kinds, const double* coefficients, const std::uint32_t* widths,
                          const std::uint32_t* indices, std::size_t terms, int root,
                          std::int64_t low, std::int64_t high, const int* types,
                          const void* const* lanes, const std::size_t* rows, std::size_t count,
                          const SurfaceGrid* grid, std::int64_t* out, std::size_t out_rows) {
  return outcome([&] {
    Centre centre{{}, root != 0, low, high};
    for (std::size_t t = 0; t < terms; ++t, indices += widths[t - 1])
      centre.terms.push_back(
          {static_cast<TermKind>(kinds[t]), {indices, indices + widths[t]}, coefficients[t]});
    centre_codes(centre, lanes_of(types, lanes, rows, count), Compiled(*grid).grid,
                 {out, out_rows});
  });
}

SURFACE int rootae_link(int by_type, const void* by, std::size_t rows, const std::int64_t* mine,
                        std::size_t mine_count, const std::int64_t* theirs,
                        std::size_t their_count, int type, const void* values, std::size_t others,
                        void* out) {
  return outcome([&] {
    const Places places(values_of(by_type, by, rows), {mine, mine_count}, {theirs, their_count});
    places.follow(values_of(type, values, others), values_of(type, out, rows));
  });
}

SURFACE int rootae_octave(std::uint32_t n, double* out) {
  return outcome([&] {
    const grids::Octave octave(n);
    for (std::size_t i = 0; i <= n; ++i) out[i] = octave.points[i];
  });
}

SURFACE int rootae_exponential(const double* x, std::size_t rows, double* out) {
  return outcome([&] { exponential(x, rows, out); });
}

SURFACE int rootae_cosine_sine(const double* x, std::size_t rows, double* cosine, double* sine) {
  return outcome([&] { cosine_sine(x, rows, cosine, sine); });
}

SURFACE int rootae_component(int kind, const double* pt, const double* eta, const double* phi,
                             const double* mass, std::size_t rows, double* out) {
  return outcome([&] { component(static_cast<TermKind>(kind), {pt, eta, phi, mass}, rows, out); });
}
