#include "crc32.hpp"

#include <array>
#include <cstring>

namespace rootae {
namespace {

constexpr std::size_t slices = 16;  // bytes at a time, a table each
using Slices = std::array<std::array<std::uint32_t, 256>, slices>;

// The k-th table says what a byte comes to with k more bytes of 0 behind it.
constexpr Slices make_tables() {
  Slices tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t x = byte;
    for (int bit = 0; bit < 8; ++bit) x = (x & 1) != 0 ? x >> 1 ^ 0xEDB88320U : x >> 1;
    tables[0][byte] = x;
  }
  for (std::size_t k = 1; k < slices; ++k)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t x = tables[k - 1][byte];
      tables[k][byte] = x >> 8 ^ tables[0][x & 0xFF];
    }
  return tables;
}

constexpr Slices tables = make_tables();

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

std::uint32_t word(const std::uint8_t* at) {
  std::uint32_t found = 0;
  std::memcpy(&found, at, sizeof found);
  return found;
}

// What four bytes come to with `behind` more ones.
std::uint32_t of_word(std::uint32_t x, std::size_t behind) {
  return tables[behind + 3][x & 0xFF] ^ tables[behind + 2][x >> 8 & 0xFF] ^
         tables[behind + 1][x >> 16 & 0xFF] ^ tables[behind][x >> 24];
}

}  // namespace

std::uint32_t crc32(Bytes bytes, std::uint32_t before) {
  std::uint32_t sum = ~before;
  const std::uint8_t* at = bytes.begin();
  for (; static_cast<std::size_t>(bytes.end() - at) >= slices; at += slices)
    sum = of_word(word(at) ^ sum, 12) ^ of_word(word(at + 4), 8) ^ of_word(word(at + 8), 4) ^
          of_word(word(at + 12), 0);
  for (; at != bytes.end(); ++at) sum = sum >> 8 ^ tables[0][(sum ^ *at) & 0xFF];
  return ~sum;
}

}  // namespace rootae
