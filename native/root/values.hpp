// Decoded columns of a block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rootae::root {

using Offsets = std::shared_ptr<const std::vector<std::uint64_t>>;

struct Values {
  std::unique_ptr<std::uint64_t[]> memory;  // aligned for every type
  std::size_t bytes = 0;
  std::uint64_t rows = 0;
  // Where rows of entries begin, see rootae_root_values; NULL where nothing counts the column.
  Offsets offsets, outer;

  [[nodiscard]] const std::uint8_t* data() const noexcept {
    return reinterpret_cast<const std::uint8_t*>(memory.get());
  }
};

using ValuesPointer = std::shared_ptr<const Values>;

}  // namespace rootae::root
