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
  Cursor cursor(data);
  const std::uint64_t count = cursor.varint();
  if (count > data.size()) {
    corrupt("a blob announces " + std::to_string(count) + " parts in " +
            std::to_string(data.size()) + " bytes: the file is damaged");
  }
  std::vector<std::uint64_t> lengths(static_cast<std::size_t>(count));
  for (auto& length : lengths) length = cursor.varint();
  std::vector<Bytes> parts;
  parts.reserve(lengths.size());
  for (const auto length : lengths) parts.push_back(cursor.take(length));
  hold(cursor.rest().empty(), "bytes follow the parts of a blob: the file is damaged");
  return parts;
}

}  // namespace rootae
