#include "grids/singles.hpp"

#include <exception>

#include "bit_cast.hpp"

namespace rootae::grids {

namespace {

std::vector<std::uint32_t> all_of(const std::vector<double>& points, std::size_t size) {
  std::vector<std::uint32_t> bits;
  bits.reserve(size);
  bits.push_back(0);
  double power = 0x1p-150;
  for (; power < 0x1p128; power *= 2)
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
      bits.push_back(bit_cast<std::uint32_t>(static_cast<float>(points[i] * power)));
  bits.push_back(bit_cast<std::uint32_t>(static_cast<float>(power)));
  return bits;
}

}  // namespace

const std::uint32_t* Singles::after(std::size_t codes,
                                    const std::vector<double>& points) const noexcept {
  if (is_made_.load(std::memory_order_acquire)) return bits_.data();
  if (points.size() > kPointsAtMost + 1 || asked_.fetch_add(codes) + codes < size_) return nullptr;
  try {
    const std::lock_guard<std::mutex> lock(making_);
    if (!is_made_.load(std::memory_order_relaxed)) {
      bits_ = all_of(points, size_);
      is_made_.store(true, std::memory_order_release);
    }
    return bits_.data();
  } catch (const std::exception&) {
    return nullptr;  // there is another way
  }
}

}  // namespace rootae::grids
