// Numbers in a zstd frame: a byte or a bit each.
#pragma once

#include <vector>

#include "span.hpp"
#include "streams/kind.hpp"
#include "streams/zstd.hpp"

namespace rootae {

// The body of a stream of the kind 2, of n numbers: a byte each. Throws Error(corrupt).
class FrameOfBytes final : public Kind {
 public:
  FrameOfBytes(Bytes body, std::size_t n, Zstd zstd) : bytes_(decompress(zstd, body, n)) {}
  [[nodiscard]] std::uint64_t most() const noexcept override { return UINT8_MAX; }
  void next(std::uint64_t* out, std::size_t count) override { widen(out, count); }
  void next(std::uint32_t* out, std::size_t count) override { widen(out, count); }

 private:
  template <class T>
  void widen(T* out, std::size_t count) noexcept;

  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

// The body of a stream of the kind 3, of n numbers: a bit each, the most significant bit of each
// byte first; what fills the last byte is anything. Throws Error(corrupt).
class FrameOfBits final : public Kind {
 public:
  FrameOfBits(Bytes body, std::size_t n, Zstd zstd)
      : bytes_(decompress(zstd, body, n / 8 + (n % 8 != 0))) {}
  [[nodiscard]] std::uint64_t most() const noexcept override { return 1; }
  void next(std::uint64_t* out, std::size_t count) override { widen(out, count); }
  void next(std::uint32_t* out, std::size_t count) override { widen(out, count); }

 private:
  template <class T>
  void widen(T* out, std::size_t count) noexcept;

  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;  // in bytes: batches are whole ones
};

}  // namespace rootae
