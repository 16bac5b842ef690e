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

constexpr std::size_t kTerms = 4;  // of a sum that are added in one go

// Some terms of the sums of `sums` units over rows: their weights, and what these are times.
template <class T, std::size_t sums>
struct Terms {
  const T* x[kTerms];
  T w[sums][kTerms];
};

// Writes terms to the units y, or adds them to what is there: y0 alone, or y0 and y1.
template <bool add, class T>
void four(T* __restrict y0, std::size_t rows, const Terms<T, 1>& terms) {
  const T* __restrict x0 = terms.x[0];
  const T* __restrict x1 = terms.x[1];
  const T* __restrict x2 = terms.x[2];
  const T* __restrict x3 = terms.x[3];
  const T a0 = terms.w[0][0], a1 = terms.w[0][1], a2 = terms.w[0][2], a3 = terms.w[0][3];
  for (std::size_t r = 0; r < rows; ++r) {
    const T sum = (a0 * x0[r] + a1 * x1[r]) + (a2 * x2[r] + a3 * x3[r]);
    y0[r] = add ? y0[r] + sum : sum;
  }
}

template <bool add, class T>
void four(T* __restrict y0, T* __restrict y1, std::size_t rows, const Terms<T, 2>& terms) {
  const T* __restrict x0 = terms.x[0];
  const T* __restrict x1 = terms.x[1];
  const T* __restrict x2 = terms.x[2];
  const T* __restrict x3 = terms.x[3];
  const T a0 = terms.w[0][0], a1 = terms.w[0][1], a2 = terms.w[0][2], a3 = terms.w[0][3];
  const T b0 = terms.w[1][0], b1 = terms.w[1][1], b2 = terms.w[1][2], b3 = terms.w[1][3];
  for (std::size_t r = 0; r < rows; ++r) {
    const T a = (a0 * x0[r] + a1 * x1[r]) + (a2 * x2[r] + a3 * x3[r]);
    const T b = (b0 * x0[r] + b1 * x1[r]) + (b2 * x2[r] + b3 * x3[r]);
    y0[r] = add ? y0[r] + a : a;
    y1[r] = add ? y1[r] + b : b;
  }
}

template <class T, std::size_t sums>
void add_terms(T* const (&y)[sums], std::size_t rows, bool first, const Terms<T, sums>& terms) {
  if constexpr (sums == 2) {
    first ? four<false>(y[0], y[1], rows, terms) : four<true>(y[0], y[1], rows, terms);
  } else {
    first ? four<false>(y[0], rows, terms) : four<true>(y[0], rows, terms);
  }
}

// y[j] = the sum over k < count of w[j * w_sum + k * w_step] * x[k * x_step], row by row.
// The weights are one number each.
template <class T, std::size_t sums>
void weighted(T* const (&y)[sums], std::size_t rows, std::size_t count, View<T> w,
              std::size_t w_sum, std::size_t w_step, View<T> x, std::size_t x_step) {
  std::size_t k = 0;
  for (; k + kTerms <= count; k += kTerms) {
    Terms<T, sums> terms;
    for (std::size_t i = 0; i < kTerms; ++i) {
      terms.x[i] = x.unit((k + i) * x_step);
      for (std::size_t j = 0; j < sums; ++j) {
        terms.w[j][i] = *w.unit(j * w_sum + (k + i) * w_step);
      }
    }
    add_terms(y, rows, k == 0, terms);
  }
  for (std::size_t j = 0; j < sums; ++j) {
    T* __restrict to = y[j];
    if (k == 0) std::fill(to, to + rows, T(0));
    for (std::size_t i = k; i < count; ++i) {
      const T weight = *w.unit(j * w_sum + i * w_step);
      const T* __restrict from = x.unit(i * x_step);
      for (std::size_t r = 0; r < rows; ++r) to[r] += weight * from[r];
    }
  }
}

// As weighted, for j < many; to(j) is where the j-th sum goes.
template <class T, class To>
void add_all(To to, std::size_t many, std::size_t rows, std::size_t count, View<T> w,
             std::size_t w_sum, std::size_t w_step, View<T> x, std::size_t x_step) {
  std::size_t j = 0;
  for (; j + 2 <= many; j += 2) {
    T* const y[2] = {to(j), to(j + 1)};
    weighted(y, rows, count, w.from(j * w_sum), w_sum, w_step, x, x_step);
  }
  if (j == many) return;
  T* const y[1] = {to(j)};
  weighted(y, rows, count, w.from(j * w_sum), w_sum, w_step, x, x_step);
}

// y = the sum over k < count of a[k * a_step] * b[k * b_step], row by row, both of rows.
template <class T>
void add_up(T* __restrict y, std::size_t rows, std::size_t count, View<T> a, std::size_t a_step,
            View<T> b, std::size_t b_step) {
  std::fill(y, y + rows, T(0));
  for (std::size_t k = 0; k < count; ++k) {
    const T* __restrict p = a.unit(k * a_step);
    const T* __restrict q = b.unit(k * b_step);
    for (std::size_t r = 0; r < rows; ++r) y[r] += p[r] * q[r];
  }
}

}  // namespace rootae
