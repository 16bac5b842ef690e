// Memory that is given again, some of it from one region.
#include <cstdint>
#include <vector>

#include "check.hpp"
#include "memory.hpp"

using rootae::Memories;
using rootae::Memory;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

void fill(const Memory& memory, std::uint8_t with) {
  for (std::size_t i = 0; i < memory.size(); ++i) memory.data()[i] = with;
}

bool is_full_of(const Memory& memory, std::uint8_t with) {
  for (std::size_t i = 0; i < memory.size(); ++i)
    if (memory.data()[i] != with) return false;
  return true;
}

void serves_again() {
  Memories memories;
  const std::uint8_t* before = nullptr;
  {
    const Memory some = memories.take(3 * kMiB / 2);
    before = some.data();
  }
  CHECK(memories.take(kMiB).data() == before);
  CHECK(memories.take(kMiB / 2).data() != before);  // which would be too small for it
}

// More of them than the region has room for, of all sizes, none upon another.
void lies_apart() {
  Memories memories;
  for (int round = 0; round < 3; ++round) {
    std::vector<Memory> all;
    for (std::size_t i = 0; i < 40; ++i) {
      all.push_back(memories.take((i % 7 + 1) * 100000 + i * i * 999));
      fill(all.back(), static_cast<std::uint8_t>(i));
    }
    for (std::size_t i = 0; i < all.size(); ++i)
      CHECK(is_full_of(all[i], static_cast<std::uint8_t>(i)));
  }
}

void is_of_any_size() {
  Memories memories;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, 4 * kMiB, 4 * kMiB + 1, 40 * kMiB}) {
    const Memory some = memories.take(size);
    CHECK(some.is_there() && some.size() >= size);
    fill(some, 1);
  }
}

}  // namespace

int main() {
  serves_again();
  lies_apart();
  is_of_any_size();
}
