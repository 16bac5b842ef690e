#include "branches.hpp"

#include <TBranch.h>
#include <TLeaf.h>
#include <TObjArray.h>
#include <TTree.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "branch.hpp"
#include "container.hpp"
#include "error.hpp"
#include "record.hpp"
#include "stored_tree.hpp"

namespace rootae::root {
namespace {

constexpr std::string_view kCarrier = "__rae", kBlock = "rootae_block", kEntry = "rootae_entry";

bool is_carrier(std::string_view name) {
  return name.size() > kCarrier.size() && name.substr(name.size() - kCarrier.size()) == kCarrier;
}

// A tree whose branches and leaves are being exchanged. Its own lists are empty meanwhile: branches
// look themselves up in them, one by one, as they go.
class Exchange {
 public:
  Exchange(TTree& tree, const StoredTree& stored, const Container& container)
      : tree_(tree), stored_(stored), container_(container) {
    for (TObject* each : *tree.GetListOfBranches()) {
      branches_.push_back(dynamic_cast<TBranch*>(each));
      hold(branches_.back() != nullptr, "the tree has lost a branch: the file is damaged");
    }
    for (TObject* each : *tree.GetListOfLeaves()) {
      leaves_.push_back(dynamic_cast<TLeaf*>(each));
      hold(leaves_.back() != nullptr, "the tree has lost a leaf: the file is damaged");
    }
    for (std::size_t i = 0; i < branches_.size(); ++i) by_name_.emplace(branches_[i]->GetName(), i);
  }

  void run() {
    find_carriers();
    clear();
    for (const std::uint32_t column : coded_) drop(carriers_.at(column));
    for (const std::string_view name : {kBlock, kEntry}) drop(by_name_.find(name)->second);
    for (const std::uint32_t column : coded_)
      if (stored_.column(column).is_counter != 0) put(column);
    for (const std::uint32_t column : coded_)
      if (made_.count(column) == 0) put(column);
    fill();
    // A TNtuple has addresses of its own.
    if (is_raised_ || tree_.IsA() != TTree::Class()) tree_.ResetBranchAddresses();
  }

 private:
  void find_carriers();
  void clear();
  void put(std::uint32_t column);
  void drop(std::size_t branch);
  TLeaf* counter_of(std::uint32_t column);
  void fill();
  [[nodiscard]] std::vector<BasketPlace> places(std::uint32_t column) const;
  [[nodiscard]] std::uint64_t most(std::uint32_t column) const;

  TTree& tree_;
  const StoredTree& stored_;
  const Container& container_;
  std::vector<TBranch*> branches_;  // nullptr: left out
  std::vector<TLeaf*> leaves_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<std::uint32_t> coded_;          // columns that have carriers
  std::map<std::uint32_t, std::size_t> carriers_;  // where these stand
  std::map<std::uint32_t, TLeaf*> made_;      // the leaf of each new branch
  std::map<TLeaf*, std::size_t> gone_;        // leaves that go, and the place of their branch
  bool is_raised_ = false;  // whether something that stays makes room for more than it did
};

// Throws corrupt where a carrier is not there, or its entries are not the tree's.
void Exchange::find_carriers() {
  for (std::uint32_t i = 0; i < stored_.branches(); ++i) {
    const rootae_branch branch = stored_.branch(i);
    if (branch.coded == 0) continue;
    const std::string name(view(branch.name));
    const std::uint32_t column = stored_.find(name);
    const auto at = by_name_.find(name + std::string(kCarrier));
    if (column == kNone || at == by_name_.end() ||
        branches_[at->second]->GetEntries() != tree_.GetEntries())
      corrupt("the carrier of " + name + " is gone: the file is damaged");
    coded_.push_back(column);
    carriers_.emplace(column, at->second);
  }
  for (const std::string_view name : {kBlock, kEntry})
    if (by_name_.count(name) == 0)
      corrupt("branch " + std::string(name) + " is gone: go back to the full file");
}

// Empties the tree's lists; what was in them stays.
void Exchange::clear() {
  for (TObjArray* const list : {tree_.GetListOfBranches(), tree_.GetListOfLeaves()}) {
    const bool is_owner = list->IsOwner();
    list->SetOwner(false);
    list->Clear();
    list->SetOwner(is_owner);
  }
}

// Takes a branch out. Its leaves go with it.
void Exchange::drop(std::size_t branch) {
  const std::unique_ptr<TBranch> gone(std::exchange(branches_[branch], nullptr));
  for (TObject* leaf : *gone->GetListOfLeaves()) gone_.emplace(static_cast<TLeaf*>(leaf), branch);
}

// Makes a column's branch, in its carrier's place.
void Exchange::put(std::uint32_t column) {
  std::unique_ptr<TBranch> branch = make_branch(tree_, stored_, column, counter_of(column));
  place_baskets(*branch, places(column), stored_.entries());
  auto* const leaf = static_cast<TLeaf*>(branch->GetListOfLeaves()->At(0));
  if (stored_.column(column).is_counter != 0) count_others(*leaf, most(column));
  made_.emplace(column, leaf);
  branches_[carriers_.at(column)] = branch.release();
}

// The leaf that counts a column, its own or one of a branch that passed through.
TLeaf* Exchange::counter_of(std::uint32_t column) {
  const std::int32_t counter = stored_.column(column).counter;
  if (counter < 0) return nullptr;
  const auto number = static_cast<std::uint32_t>(counter);
  if (const auto at = made_.find(number); at != made_.end()) return at->second;
  const auto at = by_name_.find(view(stored_.column(number).name));
  if (at == by_name_.end() || branches_[at->second] == nullptr) return nullptr;
  auto* const leaf = static_cast<TLeaf*>(branches_[at->second]->GetListOfLeaves()->At(0));
  if (leaf != nullptr && count_others(*leaf, most(number))) is_raised_ = true;
  return leaf;
}

// The largest value that a counter has.
std::uint64_t Exchange::most(std::uint32_t counter) const {
  std::uint64_t found = 0;
  for (std::uint32_t i = 0; i < stored_.columns(); ++i) {
    if (stored_.column(i).counter != static_cast<std::int32_t>(counter)) continue;
    for (std::size_t block = 0; block < stored_.blocks(); ++block)
      found = std::max<std::uint64_t>(found, stored_.extent(i, block).most);
    break;
  }
  return found;
}

std::vector<BasketPlace> Exchange::places(std::uint32_t column) const {
  const Records records(stored_, column);
  const std::uint64_t start = container_.position(stored_, column, 0);
  std::vector<BasketPlace> found;
  for (std::size_t block = 0; block < stored_.blocks(); ++block) {
    if (stored_.first(block) == stored_.first(block + 1)) continue;
    found.push_back({start + block * kVirtual, records.size(block), stored_.first(block),
                     stored_.extent(column, block).stored});
  }
  return found;
}

void Exchange::fill() {
  TObjArray& branches = *tree_.GetListOfBranches();
  TObjArray& leaves = *tree_.GetListOfLeaves();
  clear();
  for (TBranch* const branch : branches_)
    if (branch != nullptr) branches.Add(branch);
  for (TLeaf* const leaf : leaves_) {
    const auto at = gone_.find(leaf);
    TBranch* const made = at == gone_.end() ? nullptr : branches_[at->second];
    if (at == gone_.end()) leaves.Add(leaf);
    else if (made != nullptr) leaves.Add(made->GetListOfLeaves()->At(0));
  }
}

// What ROOT keeps to itself of a tree.
struct Inside : TTree {
  static auto whole() { return &Inside::fTotBytes; }
  static auto packed() { return &Inside::fZipBytes; }
};

// Has a tree say how many bytes its branches take.
void count_bytes(TTree& tree) {
  Long64_t whole = 0, packed = 0;
  for (TObject* each : *tree.GetListOfBranches()) {
    whole += static_cast<TBranch*>(each)->GetTotBytes("*");
    packed += static_cast<TBranch*>(each)->GetZipBytes("*");
  }
  tree.*Inside::whole() = whole;
  tree.*Inside::packed() = packed;
}

}  // namespace

bool has_carriers(TTree& tree) {
  bool found = false, is_coded = false;
  for (TObject* each : *tree.GetListOfBranches()) {
    const std::string_view name = each == nullptr ? "" : each->GetName();
    found = found || is_carrier(name);
    is_coded = is_coded || name == kBlock || name == kEntry;
  }
  return found && is_coded;
}

void restore(TTree& tree, const StoredTree& stored, const Container& container) {
  if (static_cast<std::uint64_t>(tree.GetEntries()) != stored.entries())
    corrupt(stored.where() + ": an older cycle of the tree has other entries: go back to the "
                             "newest");
  Exchange(tree, stored, container).run();
  tree.SetTitle(std::string(stored.title()).c_str());
  count_bytes(tree);
}

}  // namespace rootae::root
