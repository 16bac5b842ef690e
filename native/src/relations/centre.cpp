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

void clip(Span<std::int64_t> codes, std::int64_t low, std::int64_t high) noexcept {
  for (auto& code : codes) {
    code = code < low ? low : code;
    code = code > high ? high : code;
  }
}

}  // namespace

void centre_codes(const Centre& centre, Span<const ConstValues> seen, const CompiledGrid& grid,
                  Span<std::int64_t> codes) {
  check(centre, seen, codes.size());
  hold(!grid.is_rank(), "a centre is on a grid of ranks");
  const Ends ends = ends_of(grid.type());
  in_pieces(codes.size(), [&](std::size_t first, std::size_t count) {
    double total[kPiece] = {};
    for (const auto& term : centre.terms)
      add_term(term, {term, seen, first, count}, centre.root, count, total);
    quickly([](auto, auto... all) { finish(all...); }, centre.root, count,
            static_cast<double*>(total));
    const auto out = codes.part(first, count);
    if (is_float(grid.type())) {
      float_codes(total, count, grid, out);
    } else {
      quickly([](auto, auto... all) { whole_codes(all...); }, static_cast<const double*>(total),
              count, ends, out.data());
    }
    quickly([](auto, auto... all) { clip(all...); }, out, centre.low, centre.high);
  });
}

}  // namespace rootae
