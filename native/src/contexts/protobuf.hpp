// Protocol buffers' wire format, read strictly: what two parsers could read in two ways is refused.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../span.hpp"

namespace rootae {

enum class Wire : std::uint8_t { varint = 0, bytes = 2, fixed32 = 5 };

// One member of a message: bytes of texts and messages, the four of a float; else a number.
struct Member {
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  Bytes data;
  std::uint64_t value = 0;
};

// The members of a message, one after the other. What they show belongs to the message's bytes.
class Members {
 public:
  explicit Members(Bytes message) noexcept : message_(message) {}

  // Reads the next member; false at the end.
  // Throws where the message ends early, or has a tag that is not as short as can be or is beyond
  // 255, a group, or a number of more than 10 bytes or 64 bits.
  bool next(Member& member);

 private:
  Bytes message_;
  std::size_t at_ = 0;
};

// The numbers of a packed member, one after the other.
class Packed {
 public:
  explicit Packed(Bytes data) noexcept : data_(data) {}

  // Reads the next number; false at the end. Throws as Members does.
  bool next(std::uint64_t& value);

 private:
  Bytes data_;
  std::size_t at_ = 0;
};

// What an int64 means by an unsigned number of 64 bits.
[[nodiscard]] std::int64_t signed_of(std::uint64_t value) noexcept;

}  // namespace rootae
