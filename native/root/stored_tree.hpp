// The blocks of one coded tree as a file holds them, shared by all that have it open.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codecs.hpp"
#include "places.hpp"
#include "source.hpp"

class TDirectory;
class TTree;

namespace rootae::root {

constexpr std::uint32_t kNone = 0xFFFFFFFF;

inline std::string_view view(rootae_text text) { return {text.data, text.size}; }

class StoredTree {
 public:
  // Reads the blocks of a tree, and holds them against it. Throws what is wrong with it, without
  // saying where.
  //   coded: the tree, with its carriers
  //   own: the file's directory `rootae`
  StoredTree(std::string where, std::string_view path, TTree& coded, TDirectory& own,
             Codecs& codecs, std::shared_ptr<const Source> source);
  StoredTree(const StoredTree&) = delete;
  StoredTree& operator=(const StoredTree&) = delete;
  ~StoredTree();

  // File and tree, for messages.
  [[nodiscard]] const std::string& where() const noexcept { return where_; }
  [[nodiscard]] std::uint64_t entries() const noexcept { return first_.back(); }
  [[nodiscard]] std::size_t blocks() const noexcept { return blocks_.size(); }
  // The first entry of a block; of the one behind the last, the number of entries.
  [[nodiscard]] std::uint64_t first(std::size_t block) const { return first_[block]; }

  [[nodiscard]] std::string_view title() const { return view(tree_.title); }
  [[nodiscard]] std::uint32_t columns() const noexcept { return tree_.columns; }
  [[nodiscard]] std::uint32_t branches() const noexcept { return tree_.branches; }
  [[nodiscard]] const rootae_column& column(std::uint32_t number) const {
    return columns_.at(number);
  }
  [[nodiscard]] rootae_branch branch(std::uint32_t number) const {
    return main_->handle.branch(main_tree_, number);
  }
  // The number of a column; kNone where there is none.
  [[nodiscard]] std::uint32_t find(std::string_view column) const;

  // What a block has of a column.
  [[nodiscard]] const rootae_extent& extent(std::uint32_t column, std::size_t block) const {
    return blocks_[block].extents[column];
  }

  // A block to be decoded: its place was held against the tree's entries. Throws corrupt.
  [[nodiscard]] BlockHandle open(std::size_t block) const;
  // The numbers of columns as the block's own codec has them.
  [[nodiscard]] std::vector<std::uint32_t> numbers(std::size_t block,
                                                   const std::vector<std::uint32_t>& columns) const;
  // Reads blobs of a block. Throws corrupt.
  [[nodiscard]] Fetched fetch(std::size_t block, const std::vector<rootae_span>& spans) const;

 private:
  struct Block {
    CodecPointer codec;
    std::uint32_t tree = 0;
    std::vector<std::uint8_t> head;
    std::vector<rootae_extent> extents;
    std::shared_ptr<const std::vector<std::uint32_t>> numbers;
  };
  void read_heads(TTree& side);
  void find_rows();
  void find_codecs(TDirectory& own, Codecs& codecs);
  void check_columns(const OpenCodec& codec) const;
  void check_carriers(TTree& coded) const;
  [[nodiscard]] std::vector<std::uint32_t> translated(const OpenCodec& codec) const;
  [[nodiscard]] Fetched packed(std::size_t block, const std::vector<rootae_span>& spans) const;

  std::string where_, path_;
  std::shared_ptr<const Source> source_;
  std::vector<Block> blocks_;
  std::vector<std::uint64_t> first_;
  CodecPointer main_;  // the first block's
  std::uint32_t main_tree_ = 0;
  rootae_tree tree_{};
  std::vector<rootae_column> columns_;
  std::vector<std::pair<std::string_view, std::uint32_t>> by_name_;  // ascending
  std::optional<Baskets> blobs_;
  std::vector<std::optional<Range>> rows_;  // where blobs begin in the file, if they lie there as they are
  std::optional<Places> places_;
  std::unique_ptr<std::atomic<bool>[]> checked_;  // blocks whose entries are right
};

}  // namespace rootae::root
