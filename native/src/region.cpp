#include "region.hpp"

#include <cstdlib>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace rootae {

namespace {

// Pieces begin where any number and any register may.
constexpr std::size_t kAligned = 64;

std::size_t rounded(std::size_t size, std::size_t to) noexcept { return (size + to - 1) / to * to; }

}  // namespace

std::uint8_t* allocate(std::size_t size) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (size >= 2 * kLargePage && size <= SIZE_MAX - kLargePage) {
    const std::size_t whole = rounded(size, kLargePage);
    void* const found = std::aligned_alloc(kLargePage, whole);
    if (found != nullptr) static_cast<void>(madvise(found, whole, MADV_HUGEPAGE));
    return static_cast<std::uint8_t*>(found);
  }
#endif
  return static_cast<std::uint8_t*>(std::malloc(size));
}

Region::~Region() { std::free(data_); }

std::uint8_t* Region::take(std::size_t size) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (size < kLeast || size > kMost) return nullptr;
  if (!is_asked_) data_ = allocate(kRoom);
  is_asked_ = true;
  const std::size_t whole = rounded(size, kAligned);
  if (data_ == nullptr || whole > kRoom - used_) return nullptr;
  std::uint8_t* const found = data_ + used_;
  used_ += whole;
  ++pieces_;
  return found;
#else
  static_cast<void>(size);
  return nullptr;
#endif
}

bool Region::holds(const std::uint8_t* piece) const noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(data_);
  return data_ != nullptr && reinterpret_cast<std::uintptr_t>(piece) - begin < kRoom;
}

void Region::give() noexcept {
  if (--pieces_ == 0) used_ = 0;
}

}  // namespace rootae
