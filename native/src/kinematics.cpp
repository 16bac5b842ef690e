#include "kinematics.hpp"

#include <cmath>
#include <cstdint>

#include "arithmetic.hpp"
#include "bit_cast.hpp"
#include "piece.hpp"
#include "processor.hpp"

namespace rootae {

namespace {

void cosine_sine_piece(const double* x, std::size_t n, double* cosine, double* sine) noexcept {
  double rest[kPiece], square[kPiece], c[kPiece], s[kPiece];
  std::uint64_t quarter[kPiece];
  for (std::size_t i = 0; i < n; ++i) c[i] = std::fabs(x[i]) <= 1000.0 ? x[i] : 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double v = c[i], turns = v / 0x1.921fb54442d18p+0, shifted = turns + kShifter;
    const double k = std::copysign(shifted - kShifter, turns);  // the sign of zero reaches the sine
    quarter[i] = bit_cast<std::uint64_t>(shifted);              // in its two lowest bits
    const double r = (v - k * 0x1.921fb54400000p+0) - k * 0x1.0b4611a626331p-34;
    rest[i] = r;
    square[i] = r * r;
    c[i] = kReciprocal[16];
    s[i] = kReciprocal[17];
  }
  for (int power = 7; power >= 0; --power) {
    const double sign = power % 2 == 0 ? 1.0 : -1.0;
    const double even = sign * kReciprocal[2 * power], odd = sign * kReciprocal[2 * power + 1];
    for (std::size_t i = 0; i < n; ++i) {
      c[i] = c[i] * square[i] + even;
      s[i] = s[i] * square[i] + odd;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto of_cosine = bit_cast<std::uint64_t>(c[i]);
    const auto of_sine = bit_cast<std::uint64_t>(s[i] * rest[i]);
    const std::uint64_t is_odd = std::uint64_t{0} - (quarter[i] & 1);
    const std::uint64_t swap = is_odd & (of_cosine ^ of_sine);
    cosine[i] = bit_cast<double>(of_cosine ^ swap ^ (((quarter[i] + 1) & 2) << 62));
    sine[i] = bit_cast<double>(of_sine ^ swap ^ ((quarter[i] & 2) << 62));
  }
}

void transverse(bool is_px, const FourVectors& v, std::size_t first, std::size_t n,
                double* out) noexcept {
  double cosine[kPiece], sine[kPiece];
  cosine_sine(v.phi + first, n, cosine, sine);
  const double* factor = is_px ? cosine : sine;
  for (std::size_t i = 0; i < n; ++i) out[first + i] = v.pt[first + i] * factor[i];
}

void pz_of(const double* pt, const double* e, std::size_t n, double* out) noexcept {
  for (std::size_t i = 0; i < n; ++i) out[i] = pt[i] * ((e[i] - (1.0 / e[i])) * 0.5);
}

void energy_of(const double* pt, const double* e, const double* mass, std::size_t n,
               double* out) noexcept {
  for (std::size_t i = 0; i < n; ++i) {
    const double p = pt[i] * ((e[i] + (1.0 / e[i])) * 0.5), m = mass[i];
    out[i] = std::sqrt((p * p) + (m * m));
  }
}

void longitudinal(bool is_pz, const FourVectors& v, std::size_t first, std::size_t n,
                  double* out) noexcept {
  double powers[kPiece];
  exponential(v.eta + first, n, powers);
  const double* const e = powers;
  if (is_pz) {
    quickly([](auto, auto... all) { pz_of(all...); }, v.pt + first, e, n, out + first);
  } else {
    quickly([](auto, auto... all) { energy_of(all...); }, v.pt + first, e, v.mass + first, n,
            out + first);
  }
}

}  // namespace

void cosine_sine(const double* x, std::size_t rows, double* cosine, double* sine) noexcept {
  in_pieces(rows, [&](std::size_t first, std::size_t n) {
    quickly([](auto, auto... all) { cosine_sine_piece(all...); }, x + first, n, cosine + first,
            sine + first);
  });
}

void component(TermKind kind, const FourVectors& vectors, std::size_t rows, double* out) noexcept {
  const bool is_px = kind == TermKind::px, is_pz = kind == TermKind::pz;
  in_pieces(rows, [&](std::size_t first, std::size_t n) {
    if (is_px || kind == TermKind::py) {
      transverse(is_px, vectors, first, n, out);
    } else {
      longitudinal(is_pz, vectors, first, n, out);
    }
  });
}

}  // namespace rootae
