#include "crc32.hpp"

#include <array>
#include <cstring>

#include "little_endian.hpp"

namespace rootae {
namespace {

// Words of 8 bytes are taken in turns by so many sums, none of which waits for another; zlib calls
// that a braid.
constexpr std::size_t strands = 4, word_bytes = 8;
constexpr std::size_t stride = strands * word_bytes;

using Table = std::array<std::uint32_t, 256>;
using Tables = std::array<Table, word_bytes>;  // the k-th for the k-th byte of a word

constexpr Table make_first() {
  Table table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t x = byte;
    for (int bit = 0; bit < 8; ++bit) x = (x & 1) != 0 ? x >> 1 ^ 0xEDB88320U : x >> 1;
    table[byte] = x;
  }
  return table;
}

constexpr Table of_byte = make_first();

// What the bytes of a word come to with so many bytes of 0 behind it.
constexpr Tables make_tables(std::size_t behind) {
  Tables tables{};
  Table table = of_byte;
  for (std::size_t zeros = 0; zeros < behind + word_bytes; ++zeros) {
    if (zeros >= behind) tables[word_bytes - 1 - (zeros - behind)] = table;
    for (std::uint32_t& x : table) x = x >> 8 ^ of_byte[x & 0xFF];
  }
  return tables;
}

constexpr Tables last = make_tables(0), among_strands = make_tables(stride - word_bytes);

std::uint64_t word(const std::uint8_t* at) {
  std::uint64_t found = 0;
  std::memcpy(&found, at, sizeof found);
  return found;
}

std::uint32_t look(const Tables& tables, std::uint64_t x) {
  std::uint32_t sum = 0;
  for (std::size_t k = 0; k < word_bytes; ++k) sum ^= tables[k][x >> 8 * k & 0xFF];
  return sum;
}

}  // namespace

std::uint32_t crc32(Bytes bytes, std::uint32_t before) {
  std::uint32_t sum = ~before;
  const std::uint8_t* at = bytes.begin();
  std::size_t left = bytes.size();
  if (left >= 2 * stride) {
    std::array<std::uint32_t, strands> sums{sum};
    for (; left >= 2 * stride; at += stride, left -= stride)
      for (std::size_t i = 0; i < strands; ++i)
        sums[i] = look(among_strands, word(at + word_bytes * i) ^ sums[i]);
    sum = 0;
    for (const std::uint32_t one : sums) {
      sum = look(last, word(at) ^ one ^ sum);
      at += word_bytes;
    }
    left -= stride;
  }
  for (; left > 0; ++at, --left) sum = sum >> 8 ^ of_byte[(sum ^ *at) & 0xFF];
  return ~sum;
}

}  // namespace rootae
