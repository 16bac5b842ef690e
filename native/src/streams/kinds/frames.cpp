#include "streams/kinds/frames.hpp"

namespace rootae {

void FrameOfBytes::next(std::uint64_t* out, std::size_t count) {
  const std::uint8_t* const bytes = bytes_.data() + at_;
  for (std::size_t i = 0; i < count; ++i) out[i] = bytes[i];
  at_ += count;
}

void FrameOfBits::next(std::uint64_t* out, std::size_t count) {
  const std::uint8_t* const bytes = bytes_.data() + at_;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const unsigned byte = bytes[i / 8];
    for (unsigned j = 0; j < 8; ++j) out[i + j] = byte >> (7 - j) & 1;
  }
  for (; i < count; ++i) out[i] = bytes[i / 8] >> (7 - i % 8) & 1;
  at_ += (count + 7) / 8;
}

}  // namespace rootae
