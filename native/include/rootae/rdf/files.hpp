// The files of a frame: where each begins, and which of its columns are coded.
#pragma once

#include <TChain.h>
#include <TDirectory.h>
#include <TFile.h>
#include <TTree.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rootae/coded_tree.hpp"
#include "rootae/rdf/readers.hpp"

namespace rootae::rdf {

// A column that is coded.
struct Coded {
  std::uint32_t number;
  Shape shape;
  std::size_t lanes;
};

using Columns = std::unordered_map<std::string, Coded>;

[[nodiscard]] inline std::string text_of(const rootae_text& text) {
  return std::string(text.data, text.size);
}

// Says which columns a tree has coded.
[[nodiscard]] inline Columns columns_of(const CodedTree& tree) {
  Columns found;
  std::vector<rootae_column> all;
  for (std::uint32_t i = 0; i < tree.columns(); ++i) all.push_back(tree.column(i));
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const auto counter = all[i].counter;
    auto kind = counter >= 0 || all[i].dimensions ? Shape::array : Shape::number;
    if (counter >= 0 && all[static_cast<std::size_t>(counter)].counter >= 0) kind = Shape::nested;
    found.emplace(text_of(all[i].name), Coded{i, {all[i].type, kind}, all[i].lanes});
  }
  return found;
}

// A file of a frame.
struct File {
  std::string url;
  std::uint64_t first, last;         // entries, of all files' together
  std::vector<std::uint64_t> edges;  // the first entries of its blocks, and `last`; of a file in
                                     // which nothing is coded, of its clusters
  bool is_coded;
};

// All files of a frame, opened one after the other to see how many entries they have.
class Files {
 public:
  // Throws Refused, and std::runtime_error where one has no such tree.
  Files(const std::string& tree, const std::vector<std::string>& names) : tree_(tree) {
    for (const auto& url : matched(names)) add(url);
    if (files_.empty()) throw std::runtime_error("rootae: there is no file to read");
  }

  [[nodiscard]] const std::string& tree() const { return tree_; }
  [[nodiscard]] const std::vector<File>& all() const { return files_; }
  // Columns that are coded in a file at least.
  [[nodiscard]] const Columns& coded() const { return coded_; }

  // The number of the file that has an entry.
  [[nodiscard]] std::size_t at(std::uint64_t entry) const {
    const auto behind = std::upper_bound(
        files_.begin(), files_.end(), entry,
        [](std::uint64_t wanted, const File& file) { return wanted < file.last; });
    return static_cast<std::size_t>(behind - files_.begin());
  }

  // Opens a file's tree; the first one stays open.
  [[nodiscard]] std::shared_ptr<const CodedTree> opened(std::size_t number) const {
    if (number == 0 && first_) return first_;
    return std::make_shared<const CodedTree>(files_[number].url, tree_);
  }

  // A chain of all of them, which knows how many entries each has.
  [[nodiscard]] std::shared_ptr<TChain> chain() const {
    auto made = std::make_shared<TChain>(tree_.c_str(), "", TChain::kWithoutGlobalRegistration);
    made->ResetBit(kMustCleanup);
    for (const auto& file : files_)
      made->AddFile(file.url.c_str(), static_cast<Long64_t>(file.last - file.first));
    return made;
  }

 private:
  // What wildcards stand for, in the order of their names.
  static std::vector<std::string> matched(const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const auto& name : names) {
      if (name.find_first_of("*?[") == std::string::npos) {
        found.push_back(name);
        continue;
      }
      TChain chain("", "", TChain::kWithoutGlobalRegistration);
      chain.Add(name.c_str());
      for (const auto* file : *chain.GetListOfFiles()) found.emplace_back(file->GetTitle());
    }
    return found;
  }

  void add(const std::string& url) {
    const auto first = files_.empty() ? 0 : files_.back().last;
    files_.push_back({url, first, first, {}, false});
    auto& file = files_.back();
    try {
      const auto tree = std::make_shared<const CodedTree>(url, tree_);
      add_coded(*tree, file);
      if (files_.size() == 1) first_ = tree;
    } catch (const Refused& error) {
      if (error.kind() != ROOTAE_ARGUMENT) throw;
      add_plain(file);  // or says that it is not there
    }
  }

  void add_coded(const CodedTree& tree, File& file) {
    for (std::uint64_t i = 0; i <= tree.blocks(); ++i)
      file.edges.push_back(file.first + tree.first(i));
    file.last = file.first + tree.entries();
    file.is_coded = true;
    for (const auto& [name, column] : columns_of(tree)) {
      const auto [known, is_new] = coded_.emplace(name, column);
      if (!is_new && known->second.shape != column.shape)
        throw std::runtime_error(file.url + ":" + tree_ + ":" + name +
                                 ": it is of another type than in the files before");
    }
  }

  void add_plain(File& file) {
    const TDirectory::TContext back;
    const std::unique_ptr<TFile> opened(TFile::Open(file.url.c_str()));
    auto* tree = opened && !opened->IsZombie() ? opened->Get<TTree>(tree_.c_str()) : nullptr;
    if (!tree) throw std::runtime_error(file.url + ": it has no tree " + tree_);
    file.last = file.first + static_cast<std::uint64_t>(tree->GetEntries());
    auto step = tree->GetClusterIterator(0);
    for (auto at = step(); at < tree->GetEntries(); at = step())
      file.edges.push_back(file.first + static_cast<std::uint64_t>(at));
    file.edges.push_back(file.last);
  }

  std::string tree_;
  std::vector<File> files_;
  Columns coded_;
  std::shared_ptr<const CodedTree> first_;
};

}  // namespace rootae::rdf
