// The bits of a number as another of the same size (std::bit_cast is C++20).
#pragma once

#include <cstring>
#include <type_traits>

namespace rootae {

template <class To, class From>
[[nodiscard]] inline To bit_cast(const From& from) noexcept {
  static_assert(sizeof(To) == sizeof(From));
  static_assert(std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>);
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

}  // namespace rootae
