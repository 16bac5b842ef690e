// Numbers of so many bits each, the least significant bit of the first byte first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "little_endian.hpp"
#include "span.hpp"

namespace rootae {

// The 8 bytes at an address, whatever its alignment.
inline std::uint64_t word_at(const std::uint8_t* p) noexcept {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Reads bits that somebody else owns. Reading beyond their end throws Error(corrupt).
class Bits {
 public:
  explicit Bits(Bytes data) noexcept : data_(data) {}

  // The next number, of at most 64 bits.
  std::uint64_t take(unsigned bits);
  // Goes on to the next whole byte; the bits before it have to be zeros.
  void to_byte();
  // How many bits of the byte at `ahead` were read already, 0 to 7.
  [[nodiscard]] unsigned skipped() const noexcept { return static_cast<unsigned>(at_ & 7); }
  // Memory that begins with the byte of the next bit, and in which so many bits and 16 bytes may
  // be read unchecked: zeros follow the end. It holds until the next call.
  const std::uint8_t* ahead(std::size_t bits);
  // Passes over bits that were read at `ahead`; throws if these were not all there.
  void pass(std::size_t bits);
  // Whether nothing is left.
  [[nodiscard]] bool at_end() const noexcept { return at_ == 8 * data_.size(); }

 private:
  Bytes data_;
  std::size_t at_ = 0;              // in bits
  std::vector<std::uint8_t> tail_;  // the last bytes once more, and zeros
  std::size_t tail_begin_ = 0;      // in bytes of the data
};

}  // namespace rootae
