#include "streams/kinds/frames.hpp"

namespace rootae {

template <class T>
void FrameOfBytes::widen(T* out, std::size_t count) noexcept {
  const std::uint8_t* const bytes = bytes_.data() + at_;
  for (std::size_t i = 0; i < count; ++i) out[i] = bytes[i];
  at_ += count;
}

template <class T>
void FrameOfBits::widen(T* out, std::size_t count) noexcept {
  const std::uint8_t* const bytes = bytes_.data() + at_;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const unsigned byte = bytes[i / 8];
    for (unsigned j = 0; j < 8; ++j) out[i + j] = byte >> (7 - j) & 1;
  }
  for (; i < count; ++i) out[i] = bytes[i / 8] >> (7 - i % 8) & 1;
  at_ += (count + 7) / 8;
}

template void FrameOfBytes::widen(std::uint64_t*, std::size_t) noexcept;
template void FrameOfBytes::widen(std::uint32_t*, std::size_t) noexcept;
template void FrameOfBits::widen(std::uint64_t*, std::size_t) noexcept;
template void FrameOfBits::widen(std::uint32_t*, std::size_t) noexcept;

}  // namespace rootae
