#include "grids/rank.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "arithmetic.hpp"
#include "bit_cast.hpp"
#include "error.hpp"
#include "piece.hpp"

namespace rootae::grids {

namespace {

// A point in a column's type; of whole numbers inside its range, rounded towards zero.
template <class T>
[[nodiscard]] T of_type(double point) noexcept {
  if constexpr (std::is_same_v<T, Boolean>) {
    return Boolean{point != 0};
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(point);
  } else {
    using Ends = std::numeric_limits<T>;
    constexpr double low = static_cast<double>(Ends::min());
    double high = static_cast<double>(Ends::max());
    if constexpr (sizeof(T) == 8) high = std::nextafter(high, 0.0);  // it was rounded up
    return static_cast<T>(point > low ? std::min(point, high) : low);  // NaN is least, too
  }
}

template <class Code, class T>
void look(Span<const std::int64_t> points, Span<const Code> codes, T* out) noexcept {
  const auto last = static_cast<std::int64_t>(points.size() - 1);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::int64_t q = codes[i] < 0 ? 0 : codes[i];
    q = q > last ? last : q;
    out[i] = of_type<T>(bit_cast<double>(points[static_cast<std::size_t>(q)]));
  }
}

}  // namespace

Rank::Rank(const RankGrid& grid, const std::vector<Table>& tables) : type_(grid.type) {
  hold(grid.edges < tables.size() && grid.points < tables.size(),
       "a grid of ranks is by a table that is not there");
  edges_ = tables[grid.edges];
  points_ = tables[grid.points];
  hold(!points_.empty(), "a grid of ranks has no points");
}

void Rank::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    look(points_, codes, out.as<T>());
  });
}

void Rank::inverse(Span<const std::int32_t> codes, Values out) const noexcept {
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    look(points_, codes, out.as<T>());
  });
}

void Rank::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  const auto is_less = [](std::int64_t bits, double x) { return bit_cast<double>(bits) < x; };
  in_pieces(in.rows, [&](std::size_t first, std::size_t count) {
    double wide[kPiece];
    widen(part(in, first, count), wide);
    for (std::size_t i = 0; i < count; ++i) {
      const auto below = std::isnan(wide[i])
                             ? edges_.end()
                             : std::lower_bound(edges_.begin(), edges_.end(), wide[i], is_less);
      const auto less = static_cast<std::size_t>(below - edges_.begin());
      codes[first + i] = static_cast<std::int64_t>(std::min(less, points_.size() - 1));
    }
  });
}

}  // namespace rootae::grids
