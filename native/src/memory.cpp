#include "memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace rootae {

Memory::~Memory() {
  if (data_ != nullptr) home_->give(data_, size_);
}

void Memory::swap(Memory& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(home_, other.home_);
}

Memory Memories::take(std::size_t size) {
  size = std::max<std::size_t>(size, 64);
  for (std::size_t i = 0; i < count_; ++i) {
    if (free_[i].size < size || free_[i].size / 2 > size) continue;
    const Free found = free_[i];
    free_[i] = free_[--count_];
    return {found.data, found.size, this};
  }
  void* const fresh = std::malloc(size);
  if (fresh == nullptr) throw std::bad_alloc();
  return {static_cast<std::uint8_t*>(fresh), size, this};
}

void Memories::give(std::uint8_t* data, std::size_t size) noexcept {
  if (count_ < kFreeAtMost) {
    free_[count_++] = {data, size};
    return;
  }
  std::free(free_[oldest_].data);
  free_[oldest_] = {data, size};
  oldest_ = (oldest_ + 1) % kFreeAtMost;
}

void Memories::trim() noexcept {
  while (count_ > 0) std::free(free_[--count_].data);
}

}  // namespace rootae
