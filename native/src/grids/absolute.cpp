#include "grids/absolute.hpp"

#include <cmath>
#include <limits>

#include "arithmetic.hpp"
#include "bit_cast.hpp"
#include "error.hpp"
#include "grids/pieces.hpp"
#include "processor.hpp"

namespace rootae::grids {

namespace {

// Where all quotients are below 2^51 a sum rounds them; says whether they are.
template <class T>
bool quick(const T* in, std::size_t count, double step, std::int64_t* codes) noexcept {
  bool beyond = false;
  for (std::size_t i = 0; i < count; ++i) {
    const double quotient = static_cast<double>(in[i]) / step;
    const auto shifted = bit_cast<std::uint64_t>(quotient + kShifter);
    codes[i] = static_cast<std::int64_t>(shifted - kShifterBits);
    beyond |= !(std::fabs(quotient) < 0x1p51);
  }
  return !beyond;
}

template <class T>
void forward_of(const T* in, double step, Span<std::int64_t> codes) noexcept {
  in_pieces(codes.size(), [&](std::size_t first, std::size_t count) {
    if (quickly([](auto, auto... all) { return quick(all...); }, in + first, count, step,
                codes.data() + first))
      return;
    for (std::size_t i = first; i < first + count; ++i) {
      const double q = std::nearbyint(static_cast<double>(in[i]) / step);
      codes[i] = std::fabs(q) < 0x1p62 ? static_cast<std::int64_t>(q) : 0;
    }
  });
}

}  // namespace

Absolute::Absolute(const AbsoluteGrid& grid) : type_(grid.type), step_(grid.step) {
  hold(is_float(type_), "an absolute grid is of a type that is no float");
  hold(step_ > 0 && step_ <= std::numeric_limits<double>::max(),
       "an absolute grid has a step that is not above 0");
}

void Absolute::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  inverse_by_piece(*this, codes, out);
}

void Absolute::inverse(Span<const std::int32_t> codes, Values out) const noexcept {
  inverse_by_piece(*this, codes, out);
}

void Absolute::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  if (type_ == Type::float32) {
    forward_of(in.as<float>(), step_, codes);
  } else {
    forward_of(in.as<double>(), step_, codes);
  }
}

}  // namespace rootae::grids
