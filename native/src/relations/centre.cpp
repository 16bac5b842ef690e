#include "relations/centre.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

#include "arithmetic.hpp"
#include "bit_cast.hpp"
#include "error.hpp"
#include "kinematics.hpp"
#include "piece.hpp"
#include "processor.hpp"

namespace rootae {

namespace {

void check(const Centre& centre, Span<const ConstValues> seen, std::size_t rows) {
  for (const auto& term : centre.terms) {
    const std::size_t lanes = term.kind == TermKind::one ? 0 : term.kind == TermKind::lane ? 1 : 4;
    hold(term.lanes.size() == lanes, "a term has another number of lanes than its kind");
    for (const Index lane : term.lanes) {
      hold(lane < seen.size(), "a term names a lane that does not exist");
      if (seen[lane].rows != rows)
        throw Error(ErrorKind::argument, "a centre's lanes do not fit together");
    }
  }
}

// One term of a piece of rows, as float64.
class Addend {
 public:
  Addend(const Term& term, Span<const ConstValues> seen, std::size_t first, std::size_t count)
      : term_(term), seen_(seen), first_(first), count_(count) {}

  void values(double* out) const noexcept {
    if (term_.kind == TermKind::lane) {
      widen(lane(0), out);
      return;
    }
    double pt[kPiece], angle[kPiece], mass[kPiece];
    const bool is_transverse = term_.kind == TermKind::px || term_.kind == TermKind::py;
    widen(lane(0), pt);
    widen(lane(is_transverse ? 2 : 1), angle);
    if (term_.kind == TermKind::energy) widen(lane(3), mass);
    component(term_.kind, {pt, angle, angle, mass}, count_, out);
  }

  [[nodiscard]] ConstValues lane(std::size_t k) const noexcept {
    return part(seen_[term_.lanes[k]], first_, count_);
  }

 private:
  const Term& term_;
  Span<const ConstValues> seen_;
  std::size_t first_, count_;
};

void add_term(const Term& term, const Addend& addend, bool root, std::size_t count,
              double* total) noexcept {
  if (term.kind == TermKind::one) {
    for (std::size_t i = 0; i < count; ++i) total[i] += term.coefficient;
  } else if (term.kind == TermKind::lane && !root) {
    add(addend.lane(0), term.coefficient, total);
  } else {
    double w[kPiece];
    addend.values(w);
    for (std::size_t i = 0; i < count; ++i)
      total[i] += (root ? w[i] * w[i] : w[i]) * term.coefficient;
  }
}

void finish(bool root, std::size_t count, double* total) noexcept {
  if (root)
    for (std::size_t i = 0; i < count; ++i) total[i] = std::sqrt(total[i] < 0 ? 0 : total[i]);
  for (std::size_t i = 0; i < count; ++i) total[i] = total[i] - total[i] == 0 ? total[i] : 0;
}

struct Ends {
  double low, high;
};

// What whole numbers of a type are clipped to.
[[nodiscard]] Ends ends_of(Type type) noexcept {
  return visit(type, [](auto tag) -> Ends {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_integral_v<T> && sizeof(T) <= 4) {
      return {static_cast<double>(std::numeric_limits<T>::min()),
              static_cast<double>(std::numeric_limits<T>::max())};
    } else {
      return {-0x1p31, 0x1p31 - 1};
    }
  });
}

// Whole numbers are their own codes, of booleans too.
void whole_codes(const double* total, std::size_t count, Ends ends, std::int64_t* codes) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    double x = total[i] < ends.low ? ends.low : total[i];
    x = x > ends.high ? ends.high : x;
    codes[i] = static_cast<std::int64_t>(bit_cast<std::uint64_t>(x + kShifter) - kShifterBits);
  }
}

void float_codes(const double* total, std::size_t count, const CompiledGrid& grid,
                 Span<std::int64_t> codes) {
  if (grid.type() == Type::float64) {
    grid.forward({Type::float64, reinterpret_cast<const std::uint8_t*>(total), count}, codes);
    return;
  }
  float rounded[kPiece];
  for (std::size_t i = 0; i < count; ++i) rounded[i] = static_cast<float>(total[i]);
  grid.forward({Type::float32, reinterpret_cast<const std::uint8_t*>(rounded), count}, codes);
}

// The same quantity of another collection: sums and products of float64 would give its own bits.
[[nodiscard]] bool is_copy(const Centre& centre, Span<const ConstValues> seen,
                           const CompiledGrid& grid) {
  if (centre.root || centre.terms.size() != 1 || grid.type() != Type::float32) return false;
  const Term& term = centre.terms[0];
  return term.kind == TermKind::lane && term.coefficient == 1 &&
         seen[term.lanes[0]].type == Type::float32;
}

// As `finish` does; a sum that begins with zero has no negative one.
void copy_finite(const float* in, std::size_t count, float* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const float x = in[i] + 0.0F;
    out[i] = x - x == 0 ? x : 0;
  }
}

// Codes between two of them; the span may be of 32 bits where these are.
template <class Code>
void clip(const std::int64_t* __restrict from, std::int64_t low, std::int64_t high,
          Span<Code> codes) noexcept {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::int64_t code = from[i] < low ? low : from[i];
    codes[i] = static_cast<Code>(code > high ? high : code);
  }
}

// Codes of a piece of rows before they are clipped.
void sum_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
               std::size_t first, Span<std::int64_t> codes) {
  const std::size_t count = codes.size();
  double total[kPiece] = {};
  for (const auto& term : centre.terms)
    add_term(term, {term, seen, first, count}, centre.root, count, total);
  quickly([](auto, auto... all) { finish(all...); }, centre.root, count,
          static_cast<double*>(total));
  if (is_float(grid.type())) return float_codes(total, count, grid, codes);
  quickly([](auto, auto... all) { whole_codes(all...); }, static_cast<const double*>(total), count,
          ends_of(grid.type()), codes.data());
}

void copy_codes(ConstValues from, const CompiledGrid& grid, std::size_t first,
                Span<std::int64_t> codes) {
  float finite[kPiece];
  quickly([](auto, auto... all) { copy_finite(all...); }, from.as<float>() + first, codes.size(),
          static_cast<float*>(finite));
  grid.forward({Type::float32, reinterpret_cast<const std::uint8_t*>(finite), codes.size()}, codes);
}

template <class Code>
void write_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
                 Span<Code> codes) {
  check(centre, seen, codes.size());
  hold(!grid.is_rank(), "a centre is on a grid of ranks");
  const bool copies = is_copy(centre, seen, grid);
  in_pieces(codes.size(), [&](std::size_t first, std::size_t count) {
    std::int64_t wide[kPiece];
    copies ? copy_codes(seen[centre.terms[0].lanes[0]], grid, first, {wide, count})
           : sum_codes(centre, seen, grid, first, {wide, count});
    quickly([](auto, auto... all) { clip(all...); }, static_cast<const std::int64_t*>(wide),
            centre.low, centre.high, codes.part(first, count));
  });
}

}  // namespace

void centre_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
                  Span<std::int64_t> codes) {
  write_codes(centre, seen, grid, codes);
}

void centre_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
                  Span<std::int32_t> codes) {
  if (!is_narrow(centre)) throw Error(ErrorKind::argument, "a centre's codes have over 32 bits");
  write_codes(centre, seen, grid, codes);
}

}  // namespace rootae
