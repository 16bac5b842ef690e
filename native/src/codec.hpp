// A codec, checked and made ready: a plan, its tables and its networks. FORMAT.md, section 2.3.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "contexts/network.hpp"
#include "memory.hpp"
#include "plan/plan.hpp"
#include "streams/zstd.hpp"
#include "tables.hpp"
#include "tree.hpp"

namespace rootae {

// For any number of threads.
class Codec {
 public:
  // Reads a codec; the bytes are not needed afterwards.
  //   plan: its text, uncompressed; tables, networks: as they are stored
  //   frames: reads zstd, of the codec and of its blocks
  // Throws where anything of it is not as the format says: all of it is checked here.
  Codec(std::string_view plan, Bytes tables, Bytes networks, Zstd frames);
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;

  [[nodiscard]] std::size_t trees() const noexcept { return trees_.size(); }
  [[nodiscard]] const CompiledTree& tree(std::size_t number) const { return *trees_[number]; }
  [[nodiscard]] Zstd zstd() const noexcept { return zstd_; }
  // Memory that its blocks share.
  [[nodiscard]] Memories& memories() const noexcept { return memories_; }

 private:
  Plan plan_;
  Tables tables_;
  std::vector<Network> networks_;
  std::vector<std::unique_ptr<const CompiledTree>> trees_;
  Zstd zstd_;
  mutable Memories memories_;
};

}  // namespace rootae
