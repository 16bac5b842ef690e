#include "grids/bits.hpp"

#include <type_traits>

#include "error.hpp"
#include "processor.hpp"

namespace rootae::grids {

namespace {

// Turns all bits but the sign over where it is set: bits to codes, and codes to bits.
[[nodiscard]] inline std::uint32_t turned(std::uint32_t bits) noexcept {
  return bits ^ ((0u - (bits >> 31)) >> 1);
}

[[nodiscard]] inline std::uint64_t turned(std::uint64_t bits) noexcept {
  return bits ^ ((std::uint64_t{0} - (bits >> 63)) >> 1);
}

// Bits are moved as bits, so that a signalling NaN stays one.
template <class Code, class U>
void inverse_of(Span<const Code> codes, U* out) noexcept {
  for (std::size_t i = 0; i < codes.size(); ++i) out[i] = turned(static_cast<U>(codes[i]));
}

template <class U>
void forward_of(const U* in, Span<std::int64_t> codes) noexcept {
  using S = std::make_signed_t<U>;
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<S>(turned(in[i]));
}

}  // namespace

Bits::Bits(const BitsGrid& grid) : type_(grid.type) {
  hold(is_float(type_), "a grid of floats' bits is of a type that is no float");
}

void Bits::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  if (type_ == Type::float32) {
    quickly([](auto, auto... all) { inverse_of(all...); }, codes, out.as<std::uint32_t>());
  } else {
    quickly([](auto, auto... all) { inverse_of(all...); }, codes, out.as<std::uint64_t>());
  }
}

void Bits::inverse(Span<const std::int32_t> codes, Values out) const noexcept {
  if (type_ == Type::float32) {
    quickly([](auto, auto... all) { inverse_of(all...); }, codes, out.as<std::uint32_t>());
  } else {
    quickly([](auto, auto... all) { inverse_of(all...); }, codes, out.as<std::uint64_t>());
  }
}

void Bits::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  if (type_ == Type::float32) {
    quickly([](auto, auto... all) { forward_of(all...); }, in.as<std::uint32_t>(), codes);
  } else {
    quickly([](auto, auto... all) { forward_of(all...); }, in.as<std::uint64_t>(), codes);
  }
}

}  // namespace rootae::grids
