// The types of columns, and values of one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "span.hpp"

namespace rootae {

enum class Type : std::uint8_t {
  boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64,
};

// A byte of a boolean column: 0 or 1 by its code, any other byte by an escape.
enum class Boolean : std::uint8_t {};

template <class T>
struct Tag {
  using type = T;
};

// Calls f with a Tag of the C++ type.
template <class F>
decltype(auto) visit(Type type, F&& f) {
  switch (type) {
    case Type::boolean: return f(Tag<Boolean>{});
    case Type::int8: return f(Tag<std::int8_t>{});
    case Type::int16: return f(Tag<std::int16_t>{});
    case Type::int32: return f(Tag<std::int32_t>{});
    case Type::int64: return f(Tag<std::int64_t>{});
    case Type::uint8: return f(Tag<std::uint8_t>{});
    case Type::uint16: return f(Tag<std::uint16_t>{});
    case Type::uint32: return f(Tag<std::uint32_t>{});
    case Type::uint64: return f(Tag<std::uint64_t>{});
    case Type::float32: return f(Tag<float>{});
    default: return f(Tag<double>{});
  }
}

[[nodiscard]] inline std::size_t size_of(Type type) {
  return visit(type, [](auto tag) { return sizeof(typename decltype(tag)::type); });
}

[[nodiscard]] inline bool is_float(Type type) {
  return type == Type::float32 || type == Type::float64;
}

// Values of one type that somebody else owns, shape (rows,).
template <class Byte>
struct BasicValues {
  Type type = Type::boolean;
  Byte* data = nullptr;
  std::size_t rows = 0;

  template <class T>
  [[nodiscard]] auto* as() const noexcept {
    using Pointer = std::conditional_t<std::is_const_v<Byte>, const T*, T*>;
    return reinterpret_cast<Pointer>(data);
  }
};

using Values = BasicValues<std::uint8_t>;
using ConstValues = BasicValues<const std::uint8_t>;

}  // namespace rootae
