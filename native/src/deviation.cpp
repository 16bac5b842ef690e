#include "deviation.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "bit_cast.hpp"
#include "piece.hpp"

namespace rootae {

namespace {

template <class T>
[[nodiscard]] inline double number(T value) noexcept {
  if constexpr (std::is_same_v<T, Boolean>) {
    return static_cast<double>(static_cast<std::uint8_t>(value));
  } else {
    return static_cast<double>(value);
  }
}

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
[[nodiscard]] inline bool is_same(T a, T b) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return bit_cast<Bits<T>>(a) == bit_cast<Bits<T>>(b);
  } else {
    return a == b;
  }
}

// The largest finite one of at most a piece of errors, which are no less than zero.
[[nodiscard]] inline double largest_of(const double* errors, std::size_t count) noexcept {
  constexpr std::size_t kLanes = 8;
  double best[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (std::size_t k = 0; k < kLanes; ++k)
      best[k] = errors[i + k] > best[k] ? errors[i + k] : best[k];
  for (; i < count; ++i) best[0] = errors[i] > best[0] ? errors[i] : best[0];
  double most = 0;
  for (const double one : best) most = one > most ? one : most;
  return most;
}

// Values that have to be the same.
template <class T>
void hold_same(const T* x, const T* y, std::size_t count, std::uint8_t promises, double* errors,
               std::uint8_t* wrong) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const bool differs = !is_same(x[i], y[i]);
    const double gap = std::fabs(number(y[i]) - number(x[i]));
    wrong[i] = static_cast<std::uint8_t>((differs ? 1 : 0) & promises);
    errors[i] = ((gap - gap == 0.0) & differs) ? gap : 0.0;
  }
}

// Floats that may lie off by a share of themselves and a constant, one of which is zero.
template <bool is_relative, class T>
void hold_near(const T* x, const T* y, std::size_t count, double error, std::uint8_t promises,
               double* errors, std::uint8_t* wrong) noexcept {
  constexpr Bits<T> minus_zero = Bits<T>{1} << (8 * sizeof(T) - 1);
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = static_cast<double>(x[i]), b = static_cast<double>(y[i]);
    const double gap = std::fabs(b - a), scale = std::fabs(a);
    const bool is_ordinary = (scale - scale == 0.0) & (bit_cast<Bits<T>>(x[i]) != minus_zero);
    const bool is_near = gap <= (is_relative ? error * scale : error);
    const bool is_fine = is_same(x[i], y[i]) | (is_ordinary & is_near);
    wrong[i] = static_cast<std::uint8_t>((is_fine ? 0 : 1) & promises);
    const double share = is_relative ? gap / (scale > 0.0 ? scale : 1.0) : gap;
    errors[i] = share - share == 0.0 ? share : 0.0;
  }
}

template <class T>
[[nodiscard]] Deviation compared(const T* x, const T* y, std::size_t rows, BoundKind bound,
                                 double error, std::uint8_t* wrong) noexcept {
  const std::uint8_t promises = bound != BoundKind::none;
  Deviation found{0.0, 0};
  double errors[kPiece];
  in_pieces(rows, [&](std::size_t first, std::size_t count) {
    const T *a = x + first, *b = y + first;
    std::uint8_t* const out = wrong + first;
    if (std::memcmp(a, b, count * sizeof(T)) == 0) {
      std::memset(out, 0, count);
      return;
    }
    if constexpr (std::is_floating_point_v<T>) {
      if (bound == BoundKind::relative) {
        hold_near<true>(a, b, count, error, promises, errors, out);
      } else if (bound == BoundKind::exact) {
        hold_same(a, b, count, promises, errors, out);
      } else {
        const double most = std::numeric_limits<double>::infinity();
        hold_near<false>(a, b, count, promises != 0 ? error : most, promises, errors, out);
      }
    } else {
      hold_same(a, b, count, promises, errors, out);
    }
    const double most = largest_of(errors, count);
    found.largest = most > found.largest ? most : found.largest;
    for (std::size_t i = 0; i < count; ++i) found.wrong += out[i];
  });
  return found;
}

}  // namespace

Deviation deviation(ConstValues original, ConstValues returned, BoundKind bound, double error,
                    std::uint8_t* wrong) noexcept {
  return visit(original.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return compared(original.as<T>(), returned.as<T>(), original.rows, bound, error, wrong);
  });
}

}  // namespace rootae
