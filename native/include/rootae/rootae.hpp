// rootae.h for C++17: handles that close themselves, and exceptions, thrown on this side.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "rootae/rootae.h"

namespace rootae {
inline namespace abi3 {

// What the library refused; `kind` is one of ROOTAE_CORRUPT and the others.
class Refused : public std::runtime_error {
 public:
  Refused(int kind, const char* message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] int kind() const noexcept { return kind_; }

 private:
  int kind_;
};

// Calls a function of rootae.h without its last argument. Throws Refused.
template <class Function, class... Arguments>
void call(Function function, Arguments... arguments) {
  rootae_error error;
  if (const int kind = function(arguments..., &error)) throw Refused(kind, error.message);
}

// A codec. It may be used by several threads.
class CodecHandle {
 public:
  // plan: its text, uncompressed; tables, networks: as the file has them. Throws Refused.
  CodecHandle(std::string_view plan, rootae_bytes tables, rootae_bytes networks, rootae_zstd zstd) {
    rootae_codec* opened = nullptr;
    call(rootae_codec_open, reinterpret_cast<const std::uint8_t*>(plan.data()), plan.size(),
         tables.data, tables.size, networks.data, networks.size, zstd, &opened);
    codec_.reset(opened);
  }

  [[nodiscard]] std::uint32_t trees() const noexcept { return rootae_codec_trees(codec_.get()); }
  // These throw Refused where there is no such tree, column, group or branch.
  [[nodiscard]] rootae_tree tree(std::uint32_t number) const {
    return found<rootae_tree>(rootae_codec_tree, number);
  }
  [[nodiscard]] rootae_column column(std::uint32_t tree, std::uint32_t number) const {
    return found<rootae_column>(rootae_codec_column, tree, number);
  }
  [[nodiscard]] rootae_group group(std::uint32_t tree, std::uint32_t number) const {
    return found<rootae_group>(rootae_codec_group, tree, number);
  }
  [[nodiscard]] rootae_branch branch(std::uint32_t tree, std::uint32_t number) const {
    return found<rootae_branch>(rootae_codec_branch, tree, number);
  }

  [[nodiscard]] const rootae_codec* get() const noexcept { return codec_.get(); }

 private:
  struct Close {
    void operator()(rootae_codec* codec) const noexcept { rootae_codec_close(codec); }
  };
  template <class Found, class Function, class... Numbers>
  [[nodiscard]] Found found(Function function, Numbers... numbers) const {
    Found out;
    call(function, static_cast<const rootae_codec*>(codec_.get()), numbers..., &out);
    return out;
  }

  std::unique_ptr<rootae_codec, Close> codec_;
};

// A block of a tree, for one thread at a time.
class BlockHandle {
 public:
  // head: the block's directory. Throws Refused.
  BlockHandle(const CodecHandle& codec, std::uint32_t tree, rootae_bytes head) {
    rootae_block* opened = nullptr;
    call(rootae_block_open, codec.get(), tree, head.data, head.size, &opened);
    block_.reset(opened);
  }

  [[nodiscard]] std::uint64_t entries() const noexcept {
    return rootae_block_entries(block_.get());
  }
  [[nodiscard]] rootae_extent extent(std::uint32_t column) const {
    rootae_extent found;
    call(rootae_block_extent, static_cast<const rootae_block*>(block_.get()), column, &found);
    return found;
  }

  // Which blobs columns take that are not decoded yet. Throws Refused.
  [[nodiscard]] std::vector<rootae_span> needs(const std::vector<std::uint32_t>& columns) {
    std::size_t count = 0;
    const auto ask = [&](rootae_span* spans, std::size_t capacity) {
      call(rootae_block_needs, block_.get(), columns.data(), columns.size(), spans, capacity,
           &count);
    };
    ask(nullptr, 0);
    std::vector<rootae_span> spans(count);
    ask(spans.data(), spans.size());
    return spans;
  }

  // Decodes columns into memory of the caller's, or inside. Throws Refused.
  //   blobs: of the spans, in their order; outs: one for each column, or none at all
  //   threads: at most, the caller's included
  void decode(const std::vector<std::uint32_t>& columns, const std::vector<rootae_bytes>& blobs,
              const std::vector<rootae_out>& outs, bool keep = false,
              std::uint32_t threads = 1) {
    if (!outs.empty() && outs.size() != columns.size())
      throw Refused(ROOTAE_ARGUMENT, "memory is given for other columns");
    call(rootae_block_decode, block_.get(), columns.data(), columns.size(), blobs.data(),
         blobs.size(), outs.empty() ? nullptr : outs.data(), keep ? 1 : 0, threads);
  }

  // Writes the values of a column that is kept inside. Throws Refused.
  void values(std::uint32_t column, void* out, std::size_t size) const {
    call(rootae_block_values, static_cast<const rootae_block*>(block_.get()), column, out, size);
  }

  [[nodiscard]] rootae_block* get() const noexcept { return block_.get(); }

 private:
  struct Close {
    void operator()(rootae_block* block) const noexcept { rootae_block_close(block); }
  };

  std::unique_ptr<rootae_block, Close> block_;
};

}  // namespace abi3
}  // namespace rootae
