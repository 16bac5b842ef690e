#include "branches.hpp"

#include <TBranch.h>
#include <TLeaf.h>
#include <TObjArray.h>
#include <TTree.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "branch.hpp"
#include "error.hpp"
#include "model.hpp"

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
  Exchange(TTree& tree, const TreeModel& model) : tree_(tree), model_(model) {
    for (TObject* each : *tree.GetListOfBranches()) {
      branches_.push_back(dynamic_cast<TBranch*>(each));
      hold(branches_.back() != nullptr, "the tree has lost a branch: the file is damaged");
    }
    for (TObject* each : *tree.GetListOfLeaves()) {
      leaves_.push_back(dynamic_cast<TLeaf*>(each));
      hold(leaves_.back() != nullptr, "the tree has lost a leaf: the file is damaged");
    }
    by_name_.reserve(branches_.size());
    for (std::size_t i = 0; i < branches_.size(); ++i)
      by_name_.emplace(branches_[i]->GetName(), i);
  }

  void run() {
    find_carriers();
    clear();
    gone_.reserve(carriers_.size() + 2);
    for (const std::size_t carrier : carriers_) drop(carrier);
    for (const std::string_view name : {kBlock, kEntry}) drop(by_name_.at(std::string(name)));
    for (std::size_t i = 0; i < carriers_.size(); ++i) put(model_.branches[i], carriers_[i]);
    fill();
    // A TNtuple has addresses of its own.
    if (is_raised_ || tree_.IsA() != TTree::Class()) tree_.ResetBranchAddresses();
  }

 private:
  void find_carriers();
  void clear();
  void drop(std::size_t branch);
  void put(const BranchModel& model, std::size_t at);
  TLeaf* counter_of(const BranchModel& model);
  void fill();

  TTree& tree_;
  const TreeModel& model_;
  Placing placing_;
  std::vector<TBranch*> branches_;  // nullptr: left out
  std::vector<TLeaf*> leaves_;
  std::unordered_map<std::string, std::size_t> by_name_;  // those of the file itself
  std::vector<std::size_t> carriers_;                     // where they stand, in the model's order
  std::unordered_map<std::uint32_t, TLeaf*> made_;        // leaves that count others
  std::unordered_map<TLeaf*, std::size_t> gone_;  // leaves that go, and the place of their branch
  bool is_raised_ = false;  // whether something that stays makes room for more than it did
};

// Throws corrupt where a carrier is not there, or its entries are not the tree's.
void Exchange::find_carriers() {
  for (const BranchModel& branch : model_.branches) {
    const auto at = by_name_.find(branch.carrier);
    if (at == by_name_.end() || branches_[at->second]->GetEntries() != tree_.GetEntries())
      corrupt("the carrier of " + branch.name + " is gone: the file is damaged");
    carriers_.push_back(at->second);
  }
  for (const std::string_view name : {kBlock, kEntry})
    if (by_name_.count(std::string(name)) == 0)
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
void Exchange::put(const BranchModel& model, std::size_t at) {
  std::unique_ptr<TBranch> branch = make_branch(tree_, model, counter_of(model));
  placing_.place(*branch, model.places, model_.entries);
  if (model.is_counter) {
    auto* const leaf = static_cast<TLeaf*>(branch->GetListOfLeaves()->At(0));
    count_others(*leaf, model.most);
    made_.emplace(model.column, leaf);
  }
  branches_[at] = branch.release();
}

// The leaf that counts a column, its own or one of a branch that passed through.
TLeaf* Exchange::counter_of(const BranchModel& model) {
  if (model.counter < 0) return nullptr;
  if (const auto at = made_.find(static_cast<std::uint32_t>(model.counter)); at != made_.end())
    return at->second;
  const auto at = by_name_.find(model.counter_name);
  if (at == by_name_.end() || branches_[at->second] == nullptr) return nullptr;
  auto* const leaf = static_cast<TLeaf*>(branches_[at->second]->GetListOfLeaves()->At(0));
  if (leaf != nullptr && count_others(*leaf, model.counter_most)) is_raised_ = true;
  return leaf;
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

void restore(TTree& tree, const TreeModel& model) {
  if (static_cast<std::uint64_t>(tree.GetEntries()) != model.entries)
    corrupt(model.where + ": an older cycle of the tree has other entries: go back to the newest");
  try {
    Exchange(tree, model).run();
  } catch (const Error& error) {
    throw Error(error.kind(), model.where + ": " + error.what());
  }
  tree.SetTitle(model.title.c_str());
  count_bytes(tree);
}

}  // namespace rootae::root
