// Memory in large pages, where the system has some.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rootae {

constexpr std::size_t kLargePage = std::size_t{2} << 20;

// Memory that is given back to std::free, null where there is none. Of several large pages it begins
// with one, and the system is asked to use them: the first touch of each small page is a fault.
[[nodiscard]] std::uint8_t* allocate(std::size_t size) noexcept;

// Room for pieces that are too small to have large pages alone, one behind the other. What nobody
// touches of it takes no memory; what is given back serves again once all of it is. For one thread
// at a time.
class Region {
 public:
  Region() = default;
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region();

  // Null where the piece is not for this, or there is no room.
  [[nodiscard]] std::uint8_t* take(std::size_t size) noexcept;
  // Whether a piece is of it.
  [[nodiscard]] bool holds(const std::uint8_t* piece) const noexcept;
  void give() noexcept;

 private:
  static constexpr std::size_t kLeast = std::size_t{1} << 18, kMost = 2 * kLargePage;
  static constexpr std::size_t kRoom = std::size_t{16} << 20;

  std::uint8_t* data_ = nullptr;
  std::size_t used_ = 0, pieces_ = 0;
  bool is_asked_ = false;
};

}  // namespace rootae
