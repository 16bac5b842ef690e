#include "relations/derived.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "arithmetic.hpp"
#include "error.hpp"
#include "piece.hpp"

namespace rootae {

namespace {

void fit(const Rule& rule, Span<const ConstValues> sources, const Values& out) {
  bool fits = !rule.terms.empty() && sources.size() == rule.terms.size();
  for (const auto& source : sources) fits = fits && source.rows == out.rows;
  if (!fits) throw Error(ErrorKind::argument, "a rule's lanes do not fit together");
}

void hold_whole(const Rule& rule, Span<const ConstValues> sources) {
  for (std::size_t k = 0; k < sources.size(); ++k) {
    const double coefficient = rule.terms[k].second;
    hold(!is_float(sources[k].type) && std::fabs(coefficient) <= 0x1p53 &&
             std::trunc(coefficient) == coefficient,
         "a lane of whole numbers follows from what is not whole");
  }
}

// What sums of integers are added up in: those of booleans are asked whether they are 0.
template <class T>
using Sum = std::conditional_t<(sizeof(T) > 4 || std::is_same_v<T, Boolean>), std::uint64_t,
                               std::uint32_t>;

template <class U, class T>
void store(const U* total, std::size_t rows, T* out) noexcept {
  for (std::size_t i = 0; i < rows; ++i) {
    if constexpr (std::is_same_v<T, Boolean>) {
      out[i] = Boolean{total[i] != 0};
    } else {
      out[i] = static_cast<T>(total[i]);
    }
  }
}

template <class T>
void whole_piece(const Rule& rule, Span<const ConstValues> sources, std::size_t first,
                 std::size_t count, T* out) noexcept {
  Sum<T> total[kPiece] = {};
  for (std::size_t k = 0; k < sources.size(); ++k) {
    const auto coefficient = static_cast<std::int64_t>(rule.terms[k].second);
    add(part(sources[k], first, count), static_cast<Sum<T>>(coefficient), total);
  }
  store(total, count, out);
}

template <class T>
void float_piece(const Rule& rule, Span<const ConstValues> sources, std::size_t first,
                 std::size_t count, T* out) noexcept {
  double total[kPiece] = {};
  for (std::size_t k = 0; k < sources.size(); ++k)
    add(part(sources[k], first, count), rule.terms[k].second, total);
  // which of two NaN a sum keeps hangs on the processor
  constexpr T kNaN = std::numeric_limits<T>::quiet_NaN();
  for (std::size_t i = 0; i < count; ++i)
    out[i] = std::isnan(total[i]) ? kNaN : static_cast<T>(total[i]);
}

}  // namespace

void derive(const Rule& rule, Span<const ConstValues> sources, Values out) {
  fit(rule, sources, out);
  const ConstValues& source = sources[0];
  if (sources.size() == 1 && rule.terms[0].second == 1 && source.type == out.type) {
    if (out.rows) std::memcpy(out.data, source.data, out.rows * size_of(out.type));
    return;
  }
  if (!is_float(out.type)) hold_whole(rule, sources);
  visit(out.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    in_pieces(out.rows, [&](std::size_t first, std::size_t count) {
      if constexpr (std::is_floating_point_v<T>) {
        float_piece(rule, sources, first, count, out.as<T>() + first);
      } else {
        whole_piece(rule, sources, first, count, out.as<T>() + first);
      }
    });
  });
}

}  // namespace rootae
