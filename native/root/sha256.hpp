// SHA-256 (FIPS 180-4): ids of codecs and of blocks.
#pragma once

#include <array>
#include <cstdint>

#include "span.hpp"

namespace rootae::root {

using Digest = std::array<std::uint8_t, 32>;

// Takes bytes piece by piece.
class Sha256 {
 public:
  void add(Bytes bytes);
  // Of all that was added; nothing may be added afterwards.
  [[nodiscard]] Digest digest();

 private:
  void take(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> rest_{};
  std::uint64_t size_ = 0;
};

}  // namespace rootae::root
