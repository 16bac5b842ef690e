// Numbers as ROOT stores them. Their places in memory need not be aligned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace rootae::root {

template <class T>
T turned(T value) noexcept {
  static_assert(std::is_unsigned_v<T>);
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return static_cast<T>(value << 8 | value >> 8);
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(turned(static_cast<std::uint16_t>(value))) << 16 |
           turned(static_cast<std::uint16_t>(value >> 16));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(turned(static_cast<std::uint32_t>(value))) << 32 |
           turned(static_cast<std::uint32_t>(value >> 32));
}

template <class T>
T big_endian(const std::uint8_t* at) noexcept {
  std::make_unsigned_t<T> value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<T>(turned(value));
}

// Writes one thing behind the other, into memory that has room for them.
class BigEndian {
 public:
  explicit BigEndian(std::uint8_t* at) noexcept : at_(at) {}

  template <class T>
  BigEndian& put(T value) noexcept {
    const auto bytes = turned(static_cast<std::make_unsigned_t<T>>(value));
    std::memcpy(at_, &bytes, sizeof bytes);
    at_ += sizeof bytes;
    return *this;
  }
  // A text with one byte for its length.
  BigEndian& put_text(std::string_view text) noexcept {
    put(static_cast<std::uint8_t>(text.size()));
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  // Numbers of a width of 1, 2, 4 or 8 bytes.
  BigEndian& put_all(const std::uint8_t* from, std::size_t count, std::size_t width) noexcept {
    switch (width) {
      case 2: turn<std::uint16_t>(from, count); break;
      case 4: turn<std::uint32_t>(from, count); break;
      case 8: turn<std::uint64_t>(from, count); break;
      default: std::memcpy(at_, from, count);
    }
    at_ += count * width;
    return *this;
  }
  [[nodiscard]] std::uint8_t* at() const noexcept { return at_; }

 private:
  template <class T>
  void turn(const std::uint8_t* from, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      T value;
      std::memcpy(&value, from + i * sizeof value, sizeof value);
      value = turned(value);
      std::memcpy(at_ + i * sizeof value, &value, sizeof value);
    }
  }

  std::uint8_t* at_;
};

}  // namespace rootae::root
