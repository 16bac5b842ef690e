#include "memory.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace rootae {

Memory::~Memory() {
  if (home_ != nullptr) home_->give(data_, size_);
}

void Memory::swap(Memory& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(home_, other.home_);
}

Memories::~Memories() {
  for (std::size_t i = 0; i < count_; ++i)
    if (!region_.holds(free_[i].data)) std::free(free_[i].data);
}

Memory Memories::take(std::size_t size) {
  size = std::max<std::size_t>(size, 64);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t i = count_; i-- > 0;) {  // what came last is still near the processor
      if (free_[i].size < size || free_[i].size / 2 > size) continue;
      const Free found = free_[i];
      std::copy(free_ + i + 1, free_ + count_, free_ + i);
      --count_;
      bytes_ -= found.size;
      return {found.data, found.size, this};
    }
    if (std::uint8_t* const fresh = region_.take(size)) return {fresh, size, this};
  }
  std::uint8_t* const fresh = allocate(size);
  if (fresh == nullptr) throw std::bad_alloc();
  return {fresh, size, this};
}

void Memories::give(std::uint8_t* data, std::size_t size) noexcept {
  if (size > kBytesAtMost) return std::free(data);
  std::uint8_t* left[kPiecesAtMost];  // freed without the lock, as that may take long
  std::size_t gone = 0, count = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (; count_ - gone == kPiecesAtMost || bytes_ + size > kBytesAtMost; ++gone) {
      bytes_ -= free_[gone].size;
      if (region_.holds(free_[gone].data)) {
        region_.give();
      } else {
        left[count++] = free_[gone].data;
      }
    }
    std::copy(free_ + gone, free_ + count_, free_);
    count_ -= gone;
    free_[count_++] = {data, size};
    bytes_ += size;
  }
  for (std::size_t i = 0; i < count; ++i) std::free(left[i]);
}

}  // namespace rootae
