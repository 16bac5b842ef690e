// Sums of products, the one inner loop of networks that takes time.
#pragma once

#include <algorithm>
#include <cstddef>

namespace rootae {

// Units of an array: one after the other, each of some rows or, of a constant, one number.
template <class T>
struct View {
  const T* data = nullptr;
  std::size_t stride = 1;
  bool rows = true;
  [[nodiscard]] const T* unit(std::size_t i) const noexcept { return data + i * stride; }
  [[nodiscard]] View from(std::size_t i) const noexcept { return {unit(i), stride, rows}; }
};

// Adds four arrays of rows times a weight each to y, or writes them there.
template <bool add, class T>
void four(T* __restrict y, std::size_t rows, const T* __restrict x0, const T* __restrict x1,
          const T* __restrict x2, const T* __restrict x3, T w0, T w1, T w2, T w3) {
  for (std::size_t r = 0; r < rows; ++r) {
    const T sum = (w0 * x0[r] + w1 * x1[r]) + (w2 * x2[r] + w3 * x3[r]);
    y[r] = add ? y[r] + sum : sum;
  }
}

template <class T>
void weighted(T* __restrict y, std::size_t rows, std::size_t count, View<T> w, std::size_t w_step,
              View<T> x, std::size_t x_step) {
  const auto weight = [&](std::size_t k) { return *w.unit(k * w_step); };
  const auto at = [&](std::size_t k) -> const T* { return x.unit(k * x_step); };
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const auto sum = k == 0 ? four<false, T> : four<true, T>;
    sum(y, rows, at(k), at(k + 1), at(k + 2), at(k + 3), weight(k), weight(k + 1), weight(k + 2),
        weight(k + 3));
  }
  if (k == 0) std::fill(y, y + rows, T(0));
  for (; k < count; ++k) {
    const T scalar = weight(k);
    const T* __restrict from = at(k);
    for (std::size_t r = 0; r < rows; ++r) y[r] += scalar * from[r];
  }
}

// y = the sum over k < count of a[k * a_step] * b[k * b_step], row by row.
template <class T>
void add_up(T* __restrict y, std::size_t rows, std::size_t count, View<T> a, std::size_t a_step,
            View<T> b, std::size_t b_step) {
  if (!a.rows) return weighted(y, rows, count, a, a_step, b, b_step);
  if (!b.rows) return weighted(y, rows, count, b, b_step, a, a_step);
  std::fill(y, y + rows, T(0));
  for (std::size_t k = 0; k < count; ++k) {
    const T* __restrict p = a.unit(k * a_step);
    const T* __restrict q = b.unit(k * b_step);
    for (std::size_t r = 0; r < rows; ++r) y[r] += p[r] * q[r];
  }
}

}  // namespace rootae
