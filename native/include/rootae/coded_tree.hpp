// root.h for C++17: a coded tree and decoded columns that close themselves, and exceptions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rootae/root.h"
#include "rootae/rootae.hpp"

namespace rootae {

// Decoded columns of a block; they are there as long as this is.
class Decoded {
 public:
  // Throws Refused.
  Decoded(const rootae_root_tree* tree, std::uint64_t block,
          const std::vector<std::uint32_t>& columns)
      : values_(columns.size()) {
    rootae_root_hold* hold = nullptr;
    call(rootae_root_block, tree, block, columns.data(), columns.size(), values_.data(), &hold);
    hold_.reset(hold);
  }

  // What there is of the columns, in the order in which they were asked for.
  [[nodiscard]] const std::vector<rootae_root_values>& values() const noexcept { return values_; }

 private:
  struct Release {
    void operator()(rootae_root_hold* hold) const noexcept { rootae_root_release(hold); }
  };

  std::vector<rootae_root_values> values_;
  std::unique_ptr<rootae_root_hold, Release> hold_;
};

// A tree whose columns are coded, in a process that has ROOT and its plug-in. It may be used by
// several threads.
class CodedTree {
 public:
  // url: of the file, as TFile::Open takes it; path: the tree's in it. Throws Refused.
  CodedTree(const std::string& url, const std::string& path) {
    rootae_root_tree* tree = nullptr;
    call(rootae_root_open, url.c_str(), path.c_str(), &tree);
    tree_.reset(tree);
  }

  [[nodiscard]] std::uint64_t entries() const noexcept { return rootae_root_entries(tree_.get()); }
  [[nodiscard]] std::uint64_t blocks() const noexcept { return rootae_root_blocks(tree_.get()); }
  // The first entry of a block; of the one behind the last, the number of entries.
  [[nodiscard]] std::uint64_t first(std::uint64_t block) const noexcept {
    return rootae_root_first(tree_.get(), block);
  }

  [[nodiscard]] std::uint32_t columns() const noexcept { return rootae_root_columns(tree_.get()); }
  // Its texts hold as long as this does. Throws Refused.
  [[nodiscard]] rootae_column column(std::uint32_t number) const {
    rootae_column found;
    call(rootae_root_column, static_cast<const rootae_root_tree*>(tree_.get()), number, &found);
    return found;
  }

  // Decodes columns of a block, or finds them decoded. Throws Refused.
  [[nodiscard]] Decoded decoded(std::uint64_t block,
                                const std::vector<std::uint32_t>& columns) const {
    return Decoded(tree_.get(), block, columns);
  }

 private:
  struct Close {
    void operator()(rootae_root_tree* tree) const noexcept { rootae_root_close(tree); }
  };

  std::unique_ptr<rootae_root_tree, Close> tree_;
};

}  // namespace rootae
