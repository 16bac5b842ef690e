// A block's directory: what it holds, and where each blob lies. FORMAT.md, section 2.2.
#pragma once

#include <cstdint>
#include <vector>

#include "layout.hpp"
#include "span.hpp"

namespace rootae {

// What a directory begins with, which says by which codec the rest is read.
struct Beginning {
  Bytes codec;            // 32 bytes of the directory, its id
  std::uint64_t entries;  // of the block
};

// Throws corrupt where it does not.
Beginning beginning(Bytes head);

struct Directory {
  // Reads a block's directory by the layout of its tree.
  // Throws corrupt where it is damaged, is of another length, or says what no block has.
  Directory(Bytes head, const Layout& layout);

  std::uint64_t entries;
  std::vector<std::uint64_t> rows;        // of each group
  std::vector<std::uint32_t> most;        // the largest value of each group's counter
  std::vector<std::uint32_t> sizes, sums;  // bytes of each blob, and their crc32
  std::vector<std::uint64_t> starts;      // where each blob begins, and where the last one ends
  std::vector<std::uint8_t> modes;        // of each lane
  // Branches that pass through: the crc32 of each one's name, and the checksum of its content.
  std::vector<std::uint32_t> passing, content;
};

}  // namespace rootae
