#include "cursor.hpp"

#include <string>

#include "error.hpp"

namespace rootae {

Bytes Cursor::take(std::uint64_t n) {
  const std::size_t left = data_.size() - at_;
  if (n > left) {
    corrupt("a blob ends " + std::to_string(n - left) + " bytes early: the file is damaged");
  }
  at_ += static_cast<std::size_t>(n);
  return {data_.data() + at_ - n, static_cast<std::size_t>(n)};
}

std::uint64_t Cursor::varint() {
  std::uint64_t byte = this->byte();
  std::uint64_t value = byte & 0x7F;
  for (unsigned shift = 7; byte >= 0x80; shift += 7) {
    byte = this->byte();
    hold(shift < 63 || byte < 2, "a blob holds an integer of over 64 bits: the file is damaged");
    hold(byte != 0, "a blob holds an integer with bytes that say nothing: the file is damaged");
    value |= (byte & 0x7F) << shift;
  }
  return value;
}

std::int64_t Cursor::svarint() {
  const std::uint64_t code = varint();
  return static_cast<std::int64_t>((code >> 1) ^ (0 - (code & 1)));
}

std::vector<Bytes> split(Bytes data) {
  std::vector<Bytes> parts;
  each_part(data, [&](Bytes part) { parts.push_back(part); });
  return parts;
}

}  // namespace rootae
