#include "arithmetic.hpp"

#include <cmath>
#include <type_traits>

#include "bit_cast.hpp"
#include "piece.hpp"

namespace rootae {

namespace {

template <class T>
[[nodiscard]] inline double as_double(T value) noexcept {
  if constexpr (std::is_same_v<T, Boolean>) {
    return value != Boolean{0} ? 1.0 : 0.0;
  } else {
    return static_cast<double>(value);
  }
}

template <class T>
[[nodiscard]] inline std::uint64_t as_whole(T value) noexcept {
  if constexpr (std::is_same_v<T, Boolean>) {
    return value != Boolean{0} ? 1 : 0;
  } else if constexpr (std::is_floating_point_v<T>) {
    return 0;  // never asked for
  } else {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  }
}

// One step of Horner's rule for a whole piece at a time: many rows side by side. Each choice
// between a value and a constant has a loop of its own, or compilers make branches of what follows.
inline void exponential_piece(const double* x, std::size_t n, double* out) noexcept {
  double rest[kPiece], sum[kPiece];
  std::uint64_t power[kPiece];
  for (std::size_t i = 0; i < n; ++i) sum[i] = x[i] - x[i] == 0.0 ? x[i] : 0.0;
  for (std::size_t i = 0; i < n; ++i) sum[i] = sum[i] > 700.0 ? 700.0 : sum[i];
  for (std::size_t i = 0; i < n; ++i) sum[i] = sum[i] < -700.0 ? -700.0 : sum[i];
  for (std::size_t i = 0; i < n; ++i) {
    const double v = sum[i], shifted = v * 0x1.71547652b82fep+0 + kShifter;
    const double k = shifted - kShifter;
    power[i] = bit_cast<std::uint64_t>(shifted);
    rest[i] = (v - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
    sum[i] = kReciprocal[13];
  }
  for (int power_of_rest = 12; power_of_rest >= 0; --power_of_rest)
    for (std::size_t i = 0; i < n; ++i) sum[i] = sum[i] * rest[i] + kReciprocal[power_of_rest];
  for (std::size_t i = 0; i < n; ++i)
    out[i] = sum[i] * bit_cast<double>((power[i] - kShifterBits + 1023u) << 52);
}

}  // namespace

void widen(ConstValues values, double* out) noexcept {
  visit(values.type, [&](auto tag) {
    const auto* in = values.as<typename decltype(tag)::type>();
    for (std::size_t i = 0; i < values.rows; ++i) out[i] = as_double(in[i]);
  });
}

void add(ConstValues values, double coefficient, double* total) noexcept {
  visit(values.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const auto* in = values.as<T>();
    for (std::size_t i = 0; i < values.rows; ++i) {
      const double sum = total[i] + as_double(in[i]) * coefficient;
      // which of two NaN a sum keeps is left to the order of its operands, which compilers swap
      if constexpr (std::is_floating_point_v<T>) {
        total[i] = total[i] != total[i] ? total[i] : sum;
      } else {
        total[i] = sum;
      }
    }
  });
}

void add(ConstValues values, std::uint64_t coefficient, std::uint64_t* total) noexcept {
  visit(values.type, [&](auto tag) {
    const auto* in = values.as<typename decltype(tag)::type>();
    for (std::size_t i = 0; i < values.rows; ++i) total[i] += as_whole(in[i]) * coefficient;
  });
}

void exponential(const double* x, std::size_t rows, double* out) noexcept {
  in_pieces(rows, [&](std::size_t first, std::size_t count) {
    exponential_piece(x + first, count, out + first);
  });
}

}  // namespace rootae
