#include "grids/integer.hpp"

#include <cstring>
#include <type_traits>

#include "error.hpp"
#include "processor.hpp"

namespace rootae::grids {

namespace {

template <class Code, class T>
void inverse_of(Span<const Code> codes, T* out) noexcept {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if constexpr (std::is_same_v<T, Boolean>) {
      out[i] = Boolean{codes[i] != 0};
    } else {
      out[i] = static_cast<T>(static_cast<std::make_unsigned_t<T>>(codes[i]));
    }
  }
}

template <class T>
void forward_of(const T* in, Span<std::int64_t> codes) noexcept {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if constexpr (std::is_same_v<T, Boolean>) {
      codes[i] = in[i] != Boolean{0};
    } else {
      codes[i] = static_cast<std::int64_t>(in[i]);
    }
  }
}

}  // namespace

Integer::Integer(const IntegerGrid& grid) : type_(grid.type) {
  hold(!is_float(type_), "a grid of integers is of a type of floats");
}

void Integer::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_floating_point_v<T>)
      quickly([](auto, auto... all) { inverse_of(all...); }, codes, out.as<T>());
  });
}

void Integer::inverse(Span<const std::int32_t> codes, Values out) const noexcept {
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_floating_point_v<T>)
      quickly([](auto, auto... all) { inverse_of(all...); }, codes, out.as<T>());
  });
}

void Integer::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  visit(type_, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (!std::is_floating_point_v<T>) forward_of(in.as<T>(), codes);
  });
}

}  // namespace rootae::grids
