// All values of a coarse grid of float32: looking them up is twice as quick as making them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace rootae::grids {

// The bits of the values of codes 0, 1, ... up to the first that is infinite. They are made once as
// many codes were looked at as there are of them: what reads little does not pay for them, and they
// take no more memory than what was read. For any number of threads.
class Singles {
 public:
  static constexpr std::size_t kPointsAtMost = 512;  // an octave; with more they are no longer near

  // Of a grid with so many points an octave.
  explicit Singles(std::size_t points) noexcept : size_(278 * points + 2) {}

  // Returns the bits, or null where it is not worth while yet.
  //   points: of the octave, and 2.
  //   codes: how many are to be looked at.
  [[nodiscard]] const std::uint32_t* after(std::size_t codes,
                                           const std::vector<double>& points) const noexcept;

  // The code of infinity.
  [[nodiscard]] std::int32_t last() const noexcept { return static_cast<std::int32_t>(size_ - 1); }

 private:
  std::size_t size_;
  mutable std::atomic<std::size_t> asked_{0};
  mutable std::atomic<bool> is_made_{false};
  mutable std::mutex making_;
  mutable std::vector<std::uint32_t> bits_;
};

}  // namespace rootae::grids
