#include "operators.hpp"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>

#include "products.hpp"

namespace rootae {
namespace {

static_assert(FLT_EVAL_METHOD == 0, "floats are rounded operation by operation");

template <class T>
View<T> given(const Memory<T>& memory, Place place) {
  if (place.rows) return {memory.scratch + place.at * memory.stride, memory.stride, true};
  return {memory.constants + place.at, 1, memory.folded != nullptr};
}

template <class T>
T* made(const Memory<T>& memory, Place place, std::size_t unit) {
  if (place.rows) return memory.scratch + (place.at + unit) * memory.stride;
  return memory.folded + place.at + unit;
}

std::size_t unit(const Units& units, std::size_t i) { return units.empty() ? i : units[i]; }

template <class T, class F>
void each(const Step& step, const Memory<T>& memory, F f) {
  const View<T> x = given(memory, step.from[0]);
  for (std::size_t u = 0; u < step.units; ++u) {
    const T* __restrict from = x.unit(u);
    T* __restrict to = made(memory, step.to, u);
    for (std::size_t r = 0; r < memory.rows; ++r) to[r] = f(from[r]);
  }
}

// Rounds down: adding 2^23, or 2^52, rounds to a whole number, and beyond that all floats are whole.
// Written so that compilers vectorise it: two loops, and what is chosen are constants other than 0.
template <class T>
void round_down(const Step& step, const Memory<T>& memory) {
  constexpr T kWhole = T(1) / std::numeric_limits<T>::epsilon();
  const View<T> x = given(memory, step.from[0]);
  for (std::size_t u = 0; u < step.units; ++u) {
    const T* __restrict from = x.unit(u);
    T* __restrict to = made(memory, step.to, u);
    for (std::size_t r = 0; r < memory.rows; ++r) {
      const T shift = std::copysign(kWhole, from[r]);
      const T nearest = (from[r] + shift) - shift;
      to[r] = (nearest - (nearest > from[r] ? T(2) : T(1))) + T(1);
    }
    for (std::size_t r = 0; r < memory.rows; ++r) {
      to[r] = std::abs(from[r]) < kWhole ? to[r] : from[r];
    }
  }
}

// Of operators that may swap what they are given.
template <class T, class F>
void both(const Step& step, const Memory<T>& memory, F f) {
  View<T> a = given(memory, step.from[0]), b = given(memory, step.from[1]);
  const Units *first = &step.first, *second = &step.second;
  if (!a.rows) {
    std::swap(a, b);
    std::swap(first, second);
  }
  for (std::size_t u = 0; u < step.units; ++u) {
    const T* __restrict p = a.unit(unit(*first, u));
    const T* __restrict q = b.unit(unit(*second, u));
    T* __restrict to = made(memory, step.to, u);
    if (b.rows) {
      for (std::size_t r = 0; r < memory.rows; ++r) to[r] = f(p[r], q[r]);
    } else {
      const T scalar = *q;
      for (std::size_t r = 0; r < memory.rows; ++r) to[r] = f(p[r], scalar);
    }
  }
}

template <class T>
void clip(const Step& step, const Memory<T>& memory) {
  T low = -std::numeric_limits<T>::infinity(), high = std::numeric_limits<T>::infinity();
  if (step.low) low = *given(memory, step.from[1]).data;
  if (step.high) high = *given(memory, step.from.back()).data;
  each(step, memory, [low, high](T x) {
    x = low > x ? low : x;
    return high < x ? high : x;
  });
}

template <class T>
void copy(const Step& step, const Memory<T>& memory) {
  const View<T> x = given(memory, step.from[0]);
  for (std::size_t u = 0; u < step.units; ++u) {
    std::memcpy(made(memory, step.to, u), x.unit(unit(step.first, u)), memory.rows * sizeof(T));
  }
}

template <class T>
void join(const Step& step, const Memory<T>& memory) {
  for (std::size_t u = 0, outer = 0; u < step.units; ++outer) {
    for (std::size_t k = 0; k < step.from.size(); ++k) {
      const View<T> x = given(memory, step.from[k]);
      for (std::size_t i = 0; i < step.widths[k]; ++i, ++u) {
        std::memcpy(made(memory, step.to, u), x.unit(outer * step.widths[k] + i), memory.rows * sizeof(T));
      }
    }
  }
}

template <class T>
void multiply(const Step& step, const Memory<T>& memory) {
  const View<T> a = given(memory, step.from[0]), b = given(memory, step.from[1]);
  const Product& p = step.product;
  for (std::size_t outer = 0; outer < step.first.size(); ++outer) {
    const View<T> left = a.from(step.first[outer]), right = b.from(step.second[outer]);
    const auto to = [&](std::size_t m, std::size_t n) {
      return made(memory, step.to, (outer * p.m + m) * p.n + n);
    };
    if (!a.rows) {
      for (std::size_t n = 0; n < p.n; ++n) {
        add_all([&](std::size_t m) { return to(m, n); }, p.m, memory.rows, p.inner, left, p.a_m,
                p.a_inner, right.from(n * p.b_n), p.b_inner);
      }
    } else if (!b.rows) {
      for (std::size_t m = 0; m < p.m; ++m) {
        add_all([&](std::size_t n) { return to(m, n); }, p.n, memory.rows, p.inner, right, p.b_n,
                p.b_inner, left.from(m * p.a_m), p.a_inner);
      }
    } else {
      for (std::size_t m = 0; m < p.m; ++m) {
        for (std::size_t n = 0; n < p.n; ++n) {
          add_up(to(m, n), memory.rows, p.inner, left.from(m * p.a_m), p.a_inner,
                 right.from(n * p.b_n), p.b_inner);
        }
      }
    }
  }
}

// alpha times the product, and beta times what is added.
template <class T>
void finish(const Step& step, const Memory<T>& memory) {
  const View<T> c = step.added ? given(memory, step.from[2]) : View<T>{};
  const T alpha = step.alpha, beta = step.beta;
  if (alpha == 1 && !step.added) return;
  for (std::size_t u = 0; u < step.units; ++u) {
    T* __restrict to = made(memory, step.to, u);
    if (!step.added) {
      for (std::size_t r = 0; r < memory.rows; ++r) to[r] *= alpha;
      continue;
    }
    const T* __restrict from = c.unit(unit(step.third, u));
    if (c.rows) {
      for (std::size_t r = 0; r < memory.rows; ++r) to[r] = to[r] * alpha + from[r] * beta;
    } else {
      const T scalar = *from * beta;
      for (std::size_t r = 0; r < memory.rows; ++r) to[r] = to[r] * alpha + scalar;
    }
  }
}

}  // namespace

template <class T>
void run_step(const Step& step, const Memory<T>& memory) {
  switch (step.op) {
    case Op::add: return both(step, memory, [](T a, T b) { return a + b; });
    case Op::mul: return both(step, memory, [](T a, T b) { return a * b; });
    case Op::floor: return round_down(step, memory);
    case Op::relu: return each(step, memory, [](T x) { return T(0) > x ? T(0) : x; });
    case Op::clip: return clip(step, memory);
    case Op::concat: return join(step, memory);
    case Op::gather:
    case Op::transpose: return copy(step, memory);
    case Op::matmul: return multiply(step, memory);
    case Op::gemm:
      multiply(step, memory);
      return finish(step, memory);
    default: return;  // Reshape moves nothing; ArgMax and Cast are never run
  }
}

template void run_step(const Step&, const Memory<float>&);
template void run_step(const Step&, const Memory<double>&);

}  // namespace rootae
