#include "container.hpp"

#include <TDirectory.h>
#include <TFile.h>
#include <TTree.h>

#include <algorithm>
#include <exception>

#include "directories.hpp"
#include "error.hpp"

namespace rootae::root {
namespace {

constexpr std::size_t kKept = 4;  // containers whose files may be closed
constexpr std::size_t kMostKeys = 64;  // of containers, some of which are gone
constexpr std::uint64_t kMostBaskets = std::uint64_t{1} << (62 - kPositionBits);

}  // namespace

std::shared_ptr<const TreeModel> Container::model(std::string_view path, TTree& coded, TFile& file) {
  const std::lock_guard<std::mutex> locked(lock_);
  const auto at = by_path_.find(path);
  if (at != by_path_.end()) return trees_[at->second].model;
  const std::string where = where_ + ":" + std::string(path);
  try {
    TDirectory* const own = own_directory(file);
    if (own == nullptr)
      corrupt("the tree has coded columns, but the directory 'rootae' that holds their values is "
              "gone, as after Snapshot or CopyTree: go back to the full file and use rootae skim "
              "or rootae decompress");
    auto made = std::make_shared<const StoredTree>(where, path, coded, *own, codecs(*own), source_);
    const std::uint64_t count = std::uint64_t{made->columns()} * made->blocks();
    hold(count < kMostBaskets - baskets_, "it has more blocks than ROOT can tell apart");
    auto model = std::make_shared<const TreeModel>(*made, baskets_ << kPositionBits);
    trees_.push_back({baskets_, std::move(made), std::move(model)});
    by_path_.emplace(path, trees_.size() - 1);
    baskets_ += count;
    return trees_.back().model;
  } catch (const Refused& error) {
    throw Refused(error.kind(), (where + ": " + error.what()).c_str());
  } catch (const Error& error) {
    throw Error(error.kind(), where + ": " + error.what());
  }
}

void Container::refuse_plain(std::string_view path, TFile& file) const {
  TDirectory* const own = own_directory(file);
  TDirectory* const trees = own == nullptr ? nullptr : directory(*own, "trees");
  if (trees != nullptr && has_tree(*trees, path))
    corrupt(where_ + ":" + std::string(path) +
            " has no coded columns, but the file holds coded entries of it: a plain file was "
            "merged with compressed ones; merge the originals with rootae merge");
}

// The codecs of the file, read by the first who asks, under the lock.
Codecs& Container::codecs(TDirectory& own) {
  if (!codecs_) codecs_.emplace(own, *source_);
  return *codecs_;
}

std::optional<std::string> Container::title(std::string_view path, TFile& file) {
  const std::lock_guard<std::mutex> locked(lock_);
  try {
    TDirectory* const own = own_directory(file);
    if (own == nullptr) return std::nullopt;
    for (const CodecPointer& codec : codecs(*own).all())
      if (codec->knows(path))
        return std::string(view(codec->handle.tree(codec->tree(path)).title));
  } catch (const std::exception&) {  // it shows as the tree is read
  }
  return std::nullopt;
}

TreePointer Container::find(std::string_view path) const {
  const std::lock_guard<std::mutex> locked(lock_);
  const auto at = by_path_.find(path);
  return at == by_path_.end() ? nullptr : trees_[at->second].tree;
}

VirtualBasket Container::at(std::uint64_t position) const {
  const std::uint64_t number = position >> kPositionBits;
  const std::lock_guard<std::mutex> locked(lock_);
  for (const Held& held : trees_) {
    const std::uint64_t count = std::uint64_t{held.tree->columns()} * held.tree->blocks();
    if (number < held.first || number - held.first >= count) continue;
    const std::uint64_t index = number - held.first;
    return {held.tree, static_cast<std::uint32_t>(index / held.tree->blocks()),
            static_cast<std::size_t>(index % held.tree->blocks())};
  }
  throw Error(ErrorKind::argument, "there is no basket at this position");
}

void Containers::note(const ContainerPointer& used) {
  const auto at = std::find(kept_.begin(), kept_.end(), used);
  if (at != kept_.end()) kept_.erase(at);
  kept_.push_back(used);
  if (kept_.size() > kKept) kept_.erase(kept_.begin());
  if (by_key_.size() <= kMostKeys) return;
  for (auto each = by_key_.begin(); each != by_key_.end();)
    each = each->second.expired() ? by_key_.erase(each) : std::next(each);
}

Containers& containers() {
  static auto* const of = new Containers;  // they outlive all that ROOT takes down at the end
  return *of;
}

}  // namespace rootae::root
