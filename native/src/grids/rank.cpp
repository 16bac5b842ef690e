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

[[nodiscard]] std::vector<double> doubles(const Table& table) {
  std::vector<double> values;
  values.reserve(table.size());
  for (const auto bits : table) values.push_back(bit_cast<double>(bits));
  return values;
}

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
    return static_cast<T>(std::min(std::max(point, low), high));
  }
}

template <class T>
void look(const T* table, std::size_t points, Span<const std::int64_t> codes, T* out) noexcept {
  const auto last = static_cast<std::int64_t>(points - 1);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::int64_t q = codes[i] < 0 ? 0 : codes[i];
    q = q > last ? last : q;
    out[i] = table[q];
  }
}

}  // namespace

Rank::Rank(const RankGrid& grid, const std::vector<Table>& tables) : type_(grid.type) {
  hold(grid.edges < tables.size() && grid.points < tables.size(),
       "a grid of ranks is by a table that is not there");
  edges_ = doubles(tables[grid.edges]);
  const std::vector<double> points = doubles(tables[grid.points]);
  points_ = points.size();
  const auto finite = [](double x) { return std::isfinite(x); };
  hold(points_ > 0 && std::all_of(points.begin(), points.end(), finite),
       "a grid of ranks has no points or infinite ones");
  values_.resize(points_ * size_of(type_));
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (std::size_t i = 0; i < points_; ++i) {
      const T value = of_type<T>(points[i]);
      std::memcpy(values_.data() + i * sizeof(T), &value, sizeof(T));
    }
  });
}

void Rank::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    look(reinterpret_cast<const T*>(values_.data()), points_, codes, out.as<T>());
  });
}

void Rank::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  in_pieces(in.rows, [&](std::size_t first, std::size_t count) {
    double wide[kPiece];
    widen(part(in, first, count), wide);
    for (std::size_t i = 0; i < count; ++i) {
      const auto below = std::isnan(wide[i])
                             ? edges_.end()
                             : std::lower_bound(edges_.begin(), edges_.end(), wide[i]);
      const auto less = static_cast<std::size_t>(below - edges_.begin());
      codes[first + i] = static_cast<std::int64_t>(std::min(less, points_ - 1));
    }
  });
}

}  // namespace rootae::grids
