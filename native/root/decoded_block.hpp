// A block on its way back: columns are decoded as they are asked for, each once.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "stored_tree.hpp"
#include "values.hpp"

namespace rootae::root {

// For any number of threads.
class DecodedBlock {
 public:
  // tree: it has to outlive this, but for what was given out.
  DecodedBlock(const StoredTree& tree, std::size_t block) : tree_(tree), block_(block) {}

  // Returns columns in the order that they are asked for. Throws corrupt, and says where.
  std::vector<ValuesPointer> get(const std::vector<std::uint32_t>& columns);
  // How many bytes it keeps.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void decode(const std::vector<std::uint32_t>& columns);
  void add(std::uint32_t column, std::vector<std::uint32_t>& wanted) const;
  [[nodiscard]] Offsets offsets_by(std::uint32_t counter);
  void link(std::uint32_t column, Values& values);

  const StoredTree& tree_;
  const std::size_t block_;
  std::mutex lock_;
  std::optional<BlockHandle> handle_;
  std::map<std::uint32_t, ValuesPointer> values_;
  std::map<std::uint32_t, Offsets> offsets_;  // by counter
  std::atomic<std::size_t> bytes_{0};
};

// How many columns of blocks have been decoded.
std::uint64_t decoded_columns() noexcept;

}  // namespace rootae::root
