#include "branch.hpp"

#include <ROOT/TIOFeatures.hxx>
#include <TBasket.h>
#include <TBranch.h>
#include <TBranchElement.h>
#include <TClass.h>
#include <TLeaf.h>
#include <TLeafB.h>
#include <TLeafG.h>
#include <TLeafI.h>
#include <TLeafL.h>
#include <TLeafS.h>
#include <TTree.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "error.hpp"
#include "record.hpp"

namespace rootae::root {

// A basket that is told where it lies.
struct Placing::Placed : TBasket {
  void set(const BasketPlace& place, std::uint64_t entries) {
    fNbytes = static_cast<Int_t>(place.size);
    fSeekKey = static_cast<Long64_t>(place.position);
    fNevBuf = static_cast<Int_t>(entries);
    fKeylen = static_cast<Int_t>(Records::kKey);
    fObjlen = fNbytes - fKeylen;
  }
};

namespace {

constexpr int kBasketSize = 32000;  // of baskets that copies of the tree get
constexpr int kOffsets = 1000;      // not 0 where baskets say where entries begin

// What ROOT keeps to itself of a branch.
struct Inside : TBranch {
  static auto compression() { return &Inside::fCompress; }
  static auto offsets() { return &Inside::fEntryOffsetLen; }
  static auto entries() { return &Inside::fEntries; }
  static auto number() { return &Inside::fEntryNumber; }
  static auto packed() { return &Inside::fZipBytes; }
};

std::unique_ptr<TBranch> made(TTree& tree, const BranchModel& model) {
  const char* const name = model.name.c_str();
  if (model.kind == EntryKind::fixed || model.kind == EntryKind::counted)
    return std::make_unique<TBranch>(&tree, name, nullptr, model.holds.c_str(), kBasketSize, 0);
  TClass* const type = TClass::GetClass(model.holds.c_str());
  TVirtualCollectionProxy* const proxy = type == nullptr ? nullptr : type->GetCollectionProxy();
  if (proxy == nullptr)
    throw Error(ErrorKind::argument,
                "column " + model.name + ": ROOT knows no class " + model.holds);
  return std::make_unique<TBranchElement>(&tree, name, proxy, kBasketSize, 0, 0);
}

// Raises the maximum of a leaf of a class, as far as its numbers go.
template <class Kind, class Number>
void raise(TLeaf& leaf, std::uint64_t most) {
  auto* const of = dynamic_cast<Kind*>(&leaf);
  if (of == nullptr || of->GetMaximum() >= static_cast<std::int64_t>(most)) return;
  constexpr auto kMost = static_cast<std::uint64_t>(
      std::min<std::int64_t>(std::numeric_limits<Number>::max(), std::numeric_limits<int>::max()));
  of->SetMaximum(static_cast<Number>(std::min(most, kMost)));
}

}  // namespace

std::unique_ptr<TBranch> make_branch(TTree& tree, const BranchModel& model, TLeaf* counter) {
  std::unique_ptr<TBranch> branch = made(tree, model);
  auto* const leaf = static_cast<TLeaf*>(branch->GetListOfLeaves()->At(0));
  hold(leaf != nullptr, "ROOT makes no leaf of a column");
  leaf->SetNameTitle(model.leaf_name.c_str(), model.leaf_title.c_str());
  branch->SetTitle(model.title.c_str());
  ROOT::TIOFeatures none;  // the tree may have its own branches leave out where entries begin
  branch->SetIOFeatures(none);
  if (model.kind == EntryKind::fixed || model.kind == EntryKind::counted)
    leaf->SetLen(model.lanes);
  if (model.kind == EntryKind::counted) {
    hold(counter != nullptr, "the leaf that counts a column is gone: the file is damaged");
    leaf->SetLeafCount(counter);  // whose maximum is known
    *branch.*Inside::offsets() = kOffsets;  // its setter leaves 0 alone
  }
  if (leaf->GetLeafCount() != nullptr || model.lanes != 1) leaf->SetAddress(nullptr);
  return branch;
}

Placing::Placing() : basket_(std::make_unique<Placed>()) {}
Placing::~Placing() = default;

void Placing::place(TBranch& branch, const std::vector<BasketPlace>& places,
                    std::uint64_t entries) {
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint64_t end = i + 1 < places.size() ? places[i + 1].first : entries;
    basket_->set(places[i], end - places[i].first);
    branch.AddBasket(*basket_, true, static_cast<Long64_t>(places[i].first));
    stored += places[i].stored;
  }
  branch.AddLastBasket(static_cast<Long64_t>(entries));
  branch.*Inside::compression() = 0;
  branch.*Inside::entries() = static_cast<Long64_t>(entries);
  branch.*Inside::number() = static_cast<Long64_t>(entries);
  branch.*Inside::packed() = static_cast<Long64_t>(stored);
}

bool count_others(TLeaf& leaf, std::uint64_t most) {
  const int before = leaf.GetMaximum();
  leaf.SetRange();
  raise<TLeafB, Char_t>(leaf, most);
  raise<TLeafS, Short_t>(leaf, most);
  raise<TLeafI, Int_t>(leaf, most);
  raise<TLeafL, Long64_t>(leaf, most);
  raise<TLeafG, Long_t>(leaf, most);
  return leaf.GetMaximum() != before;
}

}  // namespace rootae::root
