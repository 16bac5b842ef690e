#include "arithmetic.hpp"

#include <cmath>
#include <type_traits>

#include "bit_cast.hpp"
#include "piece.hpp"
#include "processor.hpp"

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

template <class T>
void widen_all(const T* in, std::size_t rows, double* out) noexcept {
  for (std::size_t i = 0; i < rows; ++i) out[i] = as_double(in[i]);
}

template <class T>
void add_all(const T* in, std::size_t rows, double coefficient, double* total) noexcept {
  for (std::size_t i = 0; i < rows; ++i) {
    const double sum = total[i] + as_double(in[i]) * coefficient;
    // which of two NaN a sum keeps is left to the order of its operands, which compilers swap
    if constexpr (std::is_floating_point_v<T>) {
      // by bits: of a choice compilers make a branch
      const std::uint64_t stays = std::uint64_t{0} - (total[i] != total[i]);
      total[i] = bit_cast<double>((bit_cast<std::uint64_t>(total[i]) & stays) |
                                  (bit_cast<std::uint64_t>(sum) & ~stays));
    } else {
      total[i] = sum;
    }
  }
}

template <class T, class U>
void add_whole(const T* in, std::size_t rows, U coefficient, U* total) noexcept {
  if (coefficient == 1) {
    for (std::size_t i = 0; i < rows; ++i) total[i] += static_cast<U>(as_whole(in[i]));
  } else {
    for (std::size_t i = 0; i < rows; ++i)
      total[i] += static_cast<U>(static_cast<U>(as_whole(in[i])) * coefficient);
  }
}

template <class U>
void add_values(ConstValues values, U coefficient, U* total) noexcept {
  visit(values.type, [&](auto tag) {
    quickly([](auto, auto... all) { add_whole(all...); }, values.as<typename decltype(tag)::type>(),
            values.rows, coefficient, total);
  });
}

}  // namespace

void widen(ConstValues values, double* out) noexcept {
  visit(values.type, [&](auto tag) {
    quickly([](auto, auto... all) { widen_all(all...); }, values.as<typename decltype(tag)::type>(),
            values.rows, out);
  });
}

void add(ConstValues values, double coefficient, double* total) noexcept {
  visit(values.type, [&](auto tag) {
    quickly([](auto, auto... all) { add_all(all...); }, values.as<typename decltype(tag)::type>(),
            values.rows, coefficient, total);
  });
}

void add(ConstValues values, std::uint64_t coefficient, std::uint64_t* total) noexcept {
  add_values(values, coefficient, total);
}

void add(ConstValues values, std::uint32_t coefficient, std::uint32_t* total) noexcept {
  add_values(values, coefficient, total);
}

void exponential(const double* x, std::size_t rows, double* out) noexcept {
  in_pieces(rows, [&](std::size_t first, std::size_t count) {
    quickly([](auto, auto... all) { exponential_piece(all...); }, x + first, count, out + first);
  });
}

}  // namespace rootae
