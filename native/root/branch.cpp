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
#include "stored_tree.hpp"

namespace rootae::root {
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

// A basket that is told where it lies.
struct Placed : TBasket {
  void set(const BasketPlace& place, std::uint64_t entries) {
    fNbytes = static_cast<Int_t>(place.size);
    fSeekKey = static_cast<Long64_t>(place.position);
    fNevBuf = static_cast<Int_t>(entries);
    fKeylen = static_cast<Int_t>(Records::kKey);
    fObjlen = fNbytes - fKeylen;
  }
};

// ROOT's letter for a type of leaf.
char letter(const rootae_column& column) {
  const std::string_view kind = view(column.leaf_kind);
  if (is_packed(column)) return kind == "TLeafF16" ? 'f' : 'd';
  switch (column.type) {
    case ROOTAE_BOOL: return 'O';
    case ROOTAE_INT8: return 'B';
    case ROOTAE_UINT8: return 'b';
    case ROOTAE_INT16: return 'S';
    case ROOTAE_UINT16: return 's';
    case ROOTAE_INT32: return 'I';
    case ROOTAE_UINT32: return 'i';
    case ROOTAE_INT64: return kind == "TLeafG" ? 'G' : 'L';
    case ROOTAE_UINT64: return kind == "TLeafG" ? 'g' : 'l';
    case ROOTAE_FLOAT32: return 'F';
    default: return 'D';
  }
}

const char* element_of(std::int32_t type) {
  switch (type) {
    case ROOTAE_BOOL: return "bool";
    case ROOTAE_INT8: return "char";
    case ROOTAE_UINT8: return "unsigned char";
    case ROOTAE_INT16: return "short";
    case ROOTAE_UINT16: return "unsigned short";
    case ROOTAE_INT32: return "int";
    case ROOTAE_UINT32: return "unsigned int";
    case ROOTAE_INT64: return "Long64_t";
    case ROOTAE_UINT64: return "ULong64_t";
    case ROOTAE_FLOAT32: return "float";
    default: return "double";
  }
}

std::string held_by(const rootae_column& column, bool is_nested) {
  if (column.leaf_of.size != 0) return std::string(view(column.leaf_of));
  const std::string element = element_of(column.type);
  return is_nested ? "vector<vector<" + element + "> >" : "vector<" + element + ">";
}

std::string title_of_leaf(const StoredTree& stored, const rootae_column& column, EntryKind kind) {
  std::string title(view(column.name));
  if (kind == EntryKind::counted) title += "[" + counter_name(stored, column) + "]";
  for (std::size_t i = 0; i < column.dimensions; ++i)
    title += "[" + std::to_string(column.inner_shape[i]) + "]";
  return title;
}

std::unique_ptr<TBranch> made(TTree& tree, const rootae_column& column, EntryKind kind) {
  const std::string name(view(column.name));
  if (kind == EntryKind::fixed || kind == EntryKind::counted) {
    std::string leaf = std::string("leaf/") + letter(column);
    if (is_packed(column)) leaf += range_of(column);
    return std::make_unique<TBranch>(&tree, name.c_str(), nullptr, leaf.c_str(), kBasketSize, 0);
  }
  const std::string held = held_by(column, kind == EntryKind::nested);
  TClass* const type = TClass::GetClass(held.c_str());
  TVirtualCollectionProxy* const proxy = type == nullptr ? nullptr : type->GetCollectionProxy();
  if (proxy == nullptr)
    throw Error(ErrorKind::argument, "column " + name + ": ROOT knows no class " + held);
  return std::make_unique<TBranchElement>(&tree, name.c_str(), proxy, kBasketSize, 0, 0);
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

std::unique_ptr<TBranch> make_branch(TTree& tree, const StoredTree& stored, std::uint32_t column,
                                     TLeaf* counter) {
  const rootae_column& of = stored.column(column);
  const EntryKind kind = entry_kind(stored, of);
  std::unique_ptr<TBranch> branch = made(tree, of, kind);
  auto* const leaf = static_cast<TLeaf*>(branch->GetListOfLeaves()->At(0));
  hold(leaf != nullptr, "ROOT makes no leaf of a column");
  const bool is_usual = of.leaf_kind.size == 0;
  leaf->SetName(std::string(view(is_usual ? of.name : of.leaf_name)).c_str());
  leaf->SetTitle(is_usual ? title_of_leaf(stored, of, kind).c_str()
                          : std::string(view(of.leaf_title)).c_str());
  branch->SetTitle(std::string(view(of.title)).c_str());
  ROOT::TIOFeatures none;  // the tree may have its own branches leave out where entries begin
  branch->SetIOFeatures(none);
  if (kind == EntryKind::fixed || kind == EntryKind::counted)
    leaf->SetLen(static_cast<Int_t>(of.lanes));
  if (kind == EntryKind::counted) {
    hold(counter != nullptr, "the leaf that counts a column is gone: the file is damaged");
    leaf->SetLeafCount(counter);  // whose maximum is known
    *branch.*Inside::offsets() = kOffsets;  // its setter leaves 0 alone
  }
  if (leaf->GetLeafCount() != nullptr || of.lanes != 1) leaf->SetAddress(nullptr);
  return branch;
}

void place_baskets(TBranch& branch, const std::vector<BasketPlace>& places, std::uint64_t entries) {
  Placed basket;
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint64_t end = i + 1 < places.size() ? places[i + 1].first : entries;
    basket.set(places[i], end - places[i].first);
    branch.AddBasket(basket, true, static_cast<Long64_t>(places[i].first));
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
