// Memory for values and codes, left as it comes: it is written before it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "region.hpp"

namespace rootae {

class Memories;

// Some bytes, aligned for any number; they go back to where they were taken from.
class Memory {
 public:
  Memory() = default;
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    Memory taken(static_cast<Memory&&>(other));
    swap(taken);
    return *this;
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  // Some that somebody else owns, who keeps it for as long.
  [[nodiscard]] static Memory of(std::uint8_t* data, std::size_t size) noexcept {
    return {data, size, nullptr};
  }

  [[nodiscard]] std::uint8_t* data() const noexcept { return data_; }
  template <class T>
  [[nodiscard]] T* as() const noexcept {
    return reinterpret_cast<T*>(data_);
  }
  // Bytes, or somewhat more.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  // Whether there is any.
  [[nodiscard]] bool is_there() const noexcept { return data_ != nullptr; }

 private:
  friend class Memories;
  Memory(std::uint8_t* data, std::size_t size, Memories* home) noexcept
      : data_(data), size_(size), home_(home) {}
  void swap(Memory& other) noexcept;

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  Memories* home_ = nullptr;
};

// Gives memory, and gives again what came back: fresh pages cost as much as decoding into them.
// It has to outlive all that it gave, and keeps at most 32 MiB of what came back, and a region. For
// any number of threads.
class Memories {
 public:
  Memories() = default;
  Memories(const Memories&) = delete;
  Memories& operator=(const Memories&) = delete;
  ~Memories();

  // Throws std::bad_alloc.
  [[nodiscard]] Memory take(std::size_t size);

 private:
  friend class Memory;
  struct Free {
    std::uint8_t* data;
    std::size_t size;
  };
  void give(std::uint8_t* data, std::size_t size) noexcept;

  static constexpr std::size_t kPiecesAtMost = 64, kBytesAtMost = 32 << 20;
  std::mutex mutex_;
  Free free_[kPiecesAtMost] = {};
  std::size_t count_ = 0, bytes_ = 0;
  Region region_;
};

}  // namespace rootae
