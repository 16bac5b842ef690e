// Byte strings of small parts, read front to back although they may lie: FORMAT.md, section 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "error.hpp"
#include "span.hpp"

namespace rootae {

// Reads bytes that somebody else owns. Whatever is not there, or not as the format has it, throws
// Error(corrupt).
class Cursor {
 public:
  explicit Cursor(Bytes data) noexcept : data_(data) {}

  // The next byte.
  std::uint8_t byte() { return *take(1).data(); }
  // The next n bytes, where they lie.
  Bytes take(std::uint64_t n);
  // The next unsigned integer: LEB128, in no more bytes than it needs.
  std::uint64_t varint();
  // The next signed integer: the varint of its zigzag code.
  std::int64_t svarint();
  // As many of the next bytes as the next varint says.
  Bytes string() { return take(varint()); }
  // All that is left, maybe nothing.
  Bytes rest() { return take(data_.size() - at_); }

 private:
  Bytes data_;
  std::size_t at_ = 0;
};

// Calls part(Bytes) for each part of a join, where they lie; nothing may follow them. Nothing is
// allocated, however many parts the bytes announce.
template <class Part>
void each_part(Bytes data, Part&& part, std::size_t most = SIZE_MAX) {
  Cursor lengths(data);
  const std::uint64_t count = lengths.varint();
  hold(count <= data.size(), "a blob announces more parts than bytes: the file is damaged");
  hold(count <= most, "more parts than a codec has: the file is damaged");
  Cursor parts = lengths;
  for (std::uint64_t i = 0; i < count; ++i) parts.varint();
  for (std::uint64_t i = 0; i < count; ++i) part(parts.take(lengths.varint()));
  hold(parts.rest().empty(), "bytes follow the parts of a blob: the file is damaged");
}

// The parts of a join, where they lie.
std::vector<Bytes> split(Bytes data);

}  // namespace rootae
