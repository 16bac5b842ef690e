#include "grids/relative.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "bit_cast.hpp"
#include "error.hpp"
#include "grids/pieces.hpp"
#include "processor.hpp"

namespace rootae::grids {

namespace {

constexpr std::uint64_t kFar = std::uint64_t{1} << 62;  // beyond all codes of finite values
constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;

// A magnitude's code less 1 is P * e + i, with e counted from the exponent that is -kBelow.
template <class T>
struct Float;

template <>
struct Float<float> {
  using Bits = std::uint32_t;
  static constexpr int kBelow = 150, kMantissaBits = 23, kLeast = -126, kMost = 127;
};

template <>
struct Float<double> {
  using Bits = std::uint64_t;
  static constexpr int kBelow = 1075, kMantissaBits = 52, kLeast = -1022, kMost = 1023;
};

// m * 2^e for 1 <= m <= 2 and e >= -1075, rounded once.
[[nodiscard]] inline double scaled(double m, std::int64_t e) noexcept {
  if (e > 1023) return std::numeric_limits<double>::infinity();
  if (e < -1022) return scaled(m, e + 200) * 0x1p-200;
  return bit_cast<double>(bit_cast<std::uint64_t>(m) + (static_cast<std::uint64_t>(e) << 52));
}

// All of a grid's values are there to be looked up.
void look(const std::int32_t* codes, std::size_t count, const std::uint32_t* values,
          std::int32_t last, float* out) noexcept {
  std::uint32_t place[kPiece];
  for (std::size_t k = 0; k < count; ++k) {
    const std::int32_t sign = codes[k] >> 31, magnitude = (codes[k] ^ sign) - sign;
    place[k] = static_cast<std::uint32_t>(magnitude < last ? magnitude : last);
  }
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint32_t sign = static_cast<std::uint32_t>(codes[k]) & 0x80000000;
    out[k] = bit_cast<float>(values[place[k]] | sign);
  }
}

[[nodiscard]] std::uint64_t points_of(const Octave* octave, const Segments* segments) noexcept {
  return octave ? octave->points.size() - 1 : segments->points();
}

}  // namespace

Relative::Relative(const RelativeGrid& grid, Octaves& octaves)
    : type_(grid.type),
      octave_(grid.octave ? octaves.of(grid.octave) : nullptr),
      segments_(grid.octave ? nullptr : std::make_shared<const Segments>(grid.error)),
      points_(points_of(octave_.get(), segments_.get())) {
  hold(is_float(type_), "a relative grid is of a type that is no float");
}

// Any code, one by one.
template <class T>
T Relative::value(std::int64_t code) const noexcept {
  if (code == 0) return 0;
  const auto bits = static_cast<std::uint64_t>(code);
  const std::uint64_t above = std::min(code < 0 ? 0 - bits : bits, kFar) - 1;
  const std::uint64_t octave = points_.wide(above), i = above - octave * points_.value();
  const double m = octave_ ? octave_->points[i] : segments_->point(i);
  const auto e = static_cast<std::int64_t>(std::min<std::uint64_t>(octave, 4000));
  const double magnitude = scaled(m, e - Float<T>::kBelow);
  return static_cast<T>(code < 0 ? -magnitude : magnitude);
}

// Octaves and points of codes of ordinary values, point `zero` of octave 0 for code 0.
template <class T>
bool Relative::split(const std::int32_t* codes, std::size_t count, std::uint32_t zero,
                     std::uint32_t* octave, std::uint32_t* index) const noexcept {
  using F = Float<T>;
  const auto n = static_cast<std::uint32_t>(points_.value());
  const Divisor points = points_;
  std::uint32_t beyond = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint32_t sign = static_cast<std::uint32_t>(codes[k] >> 31);
    const std::uint32_t magnitude = (static_cast<std::uint32_t>(codes[k]) ^ sign) - sign;
    const std::uint32_t is_zero = magnitude == 0 ? ~0u : 0u, above = magnitude - 1 - is_zero;
    const std::uint32_t e = points.narrow(above);
    octave[k] = e;
    index[k] = above - e * n + (is_zero & zero);
    const std::uint32_t from_least = e - static_cast<std::uint32_t>(F::kLeast + F::kBelow);
    const std::uint32_t to_most = static_cast<std::uint32_t>(F::kMost + F::kBelow) - e;
    beyond |= (from_least | to_most) & ~is_zero;
  }
  return beyond >> 31 == 0;
}

// What is added to a point's bits is its exponent and its sign.
template <class T>
bool Relative::in_octave(const std::int32_t* codes, std::size_t count, T* out) const noexcept {
  using F = Float<T>;
  using Bits = typename F::Bits;
  std::uint32_t octave[kPiece], index[kPiece];
  const auto zero = static_cast<std::uint32_t>(points_.value());
  if (!split<T>(codes, count, zero, octave, index)) return false;
  const Bits* table;
  if constexpr (std::is_same_v<T, float>) {
    table = octave_->single.data();
  } else {
    table = octave_->twice.data();
  }
  for (std::size_t k = 0; k < count; ++k) {
    const Bits sign = Bits{static_cast<std::uint32_t>(codes[k]) >> 31} << (8 * sizeof(T) - 1);
    const Bits above = (Bits{octave[k]} << F::kMantissaBits) + sign;
    out[k] = bit_cast<T>(static_cast<Bits>(table[index[k]] + above));
  }
  return true;
}

template <class T>
bool Relative::in_segments(const std::int32_t* codes, std::size_t count, T* out) const noexcept {
  std::uint32_t octave[kPiece], index[kPiece];
  if (!points_.has_narrow() || !split<T>(codes, count, 0, octave, index)) return false;
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint64_t e = std::uint64_t{octave[k]} - Float<T>::kBelow;
    const std::uint64_t bits = bit_cast<std::uint64_t>(segments_->point(index[k])) + (e << 52);
    const std::uint64_t sign = std::uint64_t{static_cast<std::uint32_t>(codes[k]) >> 31} << 63;
    const std::uint64_t is_code = std::uint64_t{0} - (codes[k] != 0);
    out[k] = static_cast<T>(bit_cast<double>((bits | sign) & is_code));
  }
  return true;
}

template <class T>
void Relative::piece(const std::int32_t* codes, std::size_t count, T* out) const noexcept {
  if constexpr (std::is_same_v<T, float>) {
    if (const auto* values = octave_ ? octave_->singles.after(count, octave_->points) : nullptr) {
      quickly([](auto, auto... all) { look(all...); }, codes, count, values,
              octave_->singles.last(), out);
      return;
    }
  }
  const bool done = quickly(
      [](auto, const Relative* grid, auto... all) {
        return grid->octave_ ? grid->in_octave(all...) : grid->in_segments(all...);
      },
      this, codes, count, out);
  if (done) return;
  for (std::size_t k = 0; k < count; ++k) out[k] = value<T>(codes[k]);
}

template <class T>
void Relative::piece(const std::int64_t* codes, std::size_t count, T* out) const noexcept {
  for (std::size_t k = 0; k < count; ++k) out[k] = value<T>(codes[k]);
}

template void Relative::piece(const std::int32_t*, std::size_t, float*) const noexcept;
template void Relative::piece(const std::int32_t*, std::size_t, double*) const noexcept;
template void Relative::piece(const std::int64_t*, std::size_t, float*) const noexcept;
template void Relative::piece(const std::int64_t*, std::size_t, double*) const noexcept;

void Relative::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  inverse_by_piece(*this, codes, out);
}

void Relative::inverse(Span<const std::int32_t> codes, Values out) const noexcept {
  inverse_by_piece(*this, codes, out);
}

// index gives the place among an octave's points of the 52 low bits of a mantissa.
template <class T, class Index>
void Relative::forward_by(const T* in, Span<std::int64_t> codes, Index index) const noexcept {
  const auto n = static_cast<std::int64_t>(points_.value());
  const std::int64_t first = 1 + n * Float<T>::kBelow;
  for (std::size_t k = 0; k < codes.size(); ++k) {
    auto bits = bit_cast<std::uint64_t>(static_cast<double>(in[k]));
    const std::uint64_t sign = std::uint64_t{0} - (bits >> 63);
    std::int64_t e = static_cast<std::int64_t>(bits >> 52 & 0x7ff) - 1023;
    if (std::is_same_v<T, double> && e == -1023 && in[k] != 0) {  // subnormal: is made normal
      bits = bit_cast<std::uint64_t>(std::fabs(static_cast<double>(in[k])) * 0x1p54);
      e = static_cast<std::int64_t>(bits >> 52) - 1023 - 54;
    }
    const auto i = static_cast<std::int64_t>(index(bits & kMantissa));
    const auto code = static_cast<std::uint64_t>(e * n + i + first);
    const std::uint64_t usable = std::uint64_t{0} - ((in[k] != 0) & (e != 1024));
    codes[k] = static_cast<std::int64_t>(((code ^ sign) - sign) & usable);
  }
}

void Relative::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  const auto by = [&](const auto& index) {
    const auto loop = [](auto, const Relative* grid, auto... all) { grid->forward_by(all...); };
    if (type_ == Type::float32) {
      quickly(loop, this, in.as<float>(), codes, index);
    } else {
      quickly(loop, this, in.as<double>(), codes, index);
    }
  };
  if (segments_) {
    by([&](std::uint64_t mantissa) { return segments_->nearest(mantissa); });
    return;
  }
  const std::uint16_t* below = octave_->below.data();
  const std::uint64_t* middle = octave_->middle.data();
  by([=](std::uint64_t mantissa) {
    const std::uint64_t i = below[mantissa >> 40];
    return i + (middle[i] < mantissa);
  });
}

}  // namespace rootae::grids
