// What only ROOT can do for a file that is rewritten: compiled by cling as ROOT starts, and called
// by rewrite.py. Keys are copied as bytes and baskets as they are compressed, so that no class of
// the input has to be known.

#pragma once

#include <TBranch.h>
#include <TClass.h>
#include <TCollectionProxyInfo.h>
#include <TDirectory.h>
#include <TFile.h>
#include <TKey.h>
#include <TLeaf.h>
#include <TLeafB.h>
#include <TLeafG.h>
#include <TLeafI.h>
#include <TLeafL.h>
#include <TLeafS.h>
#include <TList.h>
#include <TObjArray.h>
#include <TStreamerInfo.h>
#include <TTree.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace rootae {

using Names = std::vector<std::string>;

/// Take over the descriptions of classes: readers need those of objects that were copied as bytes.
void copy_class_descriptions(TFile &from, TFile &to)
{
   std::unique_ptr<TList> found{from.GetStreamerInfoList()};
   if (!found)
      return;
   for (TObject *each : *found) {
      auto info = dynamic_cast<TStreamerInfo *>(each);
      auto type = info ? TClass::GetClass(info->GetName()) : nullptr;
      auto mine = type ? type->GetStreamerInfo(info->GetClassVersion()) : nullptr;
      if (mine)
         mine->ForceWriteInfo(&to, true);
   }
   found->SetOwner(false); // ROOT keeps what it knows now
}

/// Copy a key byte for byte; a key of the same file moves to another cycle that way.
void copy_key(const TKey &key, TDirectory &to, int cycle)
{
   auto copy = new TKey(&to, key, 0); // the directory owns it
   copy->WriteFile(cycle);
}

/// Say whether all baskets of an older cycle belong to a newer one too, as after an autosave.
bool is_autosave(TTree &older, TTree &newer)
{
   if (older.GetEntries() > newer.GetEntries())
      return false;
   for (TObject *each : *older.GetListOfLeaves()) {
      TBranch *mine = static_cast<TLeaf *>(each)->GetBranch();
      TBranch *other = newer.GetBranch(mine->GetFullName());
      if (!other || other->GetWriteBasket() < mine->GetWriteBasket())
         return false;
      for (int i = 0; i < mine->GetWriteBasket(); ++i)
         if (mine->GetBasketSeek(i) != other->GetBasketSeek(i))
            return false;
   }
   return true;
}

namespace {

/// Return where the first basket of a tree begins in its file, 0 if it has none there.
Long64_t first_basket(TTree &tree)
{
   Long64_t first = 0;
   for (TObject *leaf : *tree.GetListOfLeaves()) {
      TBranch *branch = static_cast<TLeaf *>(leaf)->GetBranch();
      for (int i = 0; i < branch->GetWriteBasket(); ++i) {
         Long64_t at = branch->GetBasketSeek(i);
         if (at > 0 && (!first || at < first))
            first = at;
      }
   }
   return first;
}

/// Say whether ROOT can copy a tree's baskets as they are.
///
/// The key of the first one is written anew in the memory that it was read to, 128 bytes at least of
/// which eight are set apart. Where it does not fit there, as that of a few bytes with a long name,
/// ROOT 6.40 moves it and goes on to write the memory that it gave back.
///
/// Baskets that leave out where entries begin, as ROOT can be told to write them, are copied such
/// that it ends in a crash when it reads them. The branches of a clone are what its tree says.
bool can_copy_baskets(TTree &tree, TFile *file)
{
   const auto left_out = ROOT::Experimental::EIOFeatures::kGenerateOffsetMap;
   if (tree.GetIOFeatures().Test(left_out))
      return false;
   for (TObject *leaf : *tree.GetListOfLeaves())
      if (static_cast<TLeaf *>(leaf)->GetBranch()->GetIOFeatures().Test(left_out))
         return false;
   unsigned char head[16]; // bytes of the basket, version, bytes of its data, date, bytes of its key
   Long64_t first = first_basket(tree);
   if (!first || !file || file->ReadBuffer(reinterpret_cast<char *>(head), first, sizeof head))
      return true;
   int all = head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3], key = head[14] << 8 | head[15];
   return key <= std::max(all, 128) - 8;
}

/// Say whether every branch has as many entries as its tree.
bool is_even(TTree &tree)
{
   for (TObject *branch : *tree.GetListOfBranches())
      if (static_cast<TBranch *>(branch)->GetEntries() != tree.GetEntries())
         return false;
   return true;
}

/// Copy a tree entry by entry; ROOT's own way stops at the first entry of no bytes.
void copy_entries(TTree &tree, TTree &copy)
{
   for (Long64_t i = 0; i < tree.GetEntries(); ++i) {
      tree.GetEntry(i);
      copy.Fill();
   }
}

/// Copy a tree entry by entry, of each branch as many as it has.
void copy_each_branch(TTree &tree, TTree &copy)
{
   TIter next(copy.GetListOfBranches());
   for (TObject *each : *tree.GetListOfBranches()) {
      auto from = static_cast<TBranch *>(each);
      if (from->TestBit(kDoNotProcess))
         continue; // it was not cloned
      auto to = static_cast<TBranch *>(next());
      for (Long64_t i = 0; i < from->GetEntries(); ++i) {
         from->GetEntry(i);
         to->Fill();
      }
   }
}

/// Have baskets say where entries begin, as every reader looks for it.
void write_offsets(TObjArray &branches)
{
   ROOT::TIOFeatures none;
   for (TObject *each : branches) {
      auto branch = static_cast<TBranch *>(each);
      branch->SetIOFeatures(none);
      write_offsets(*branch->GetListOfBranches());
   }
}

} // namespace

/// Copy a tree without some of its branches; if fast, baskets are not decompressed where ROOT can.
TTree *copy_tree(TTree &tree, TDirectory &to, const Names &without, bool fast)
{
   const std::set<std::string> left(without.begin(), without.end());
   for (TObject *branch : *tree.GetListOfBranches())
      if (left.count(branch->GetName()))
         branch->SetBit(kDoNotProcess);
   TDirectory::TContext here(&to);
   const bool quick = fast && can_copy_baskets(tree, tree.GetCurrentFile());
   TTree *copy = tree.CloneTree(quick ? -1 : 0, quick ? "fast" : "");
   if (!copy)
      return nullptr;
   if (!quick) {
      write_offsets(*copy->GetListOfBranches());
      is_even(tree) ? copy_entries(tree, *copy) : copy_each_branch(tree, *copy);
   }
   copy->SetEntries(tree.GetEntries());
   return copy;
}

template <typename... Kinds>
void raise_maximum(TLeaf &counter, int most)
{
   auto raise = [&](auto *leaf) {
      if (leaf)
         leaf->SetMaximum(std::max(leaf->GetMaximum(), most));
   };
   (raise(dynamic_cast<Kinds *>(&counter)), ...);
}

/// Have a leaf count others: readers make room for its maximum.
void count_others(TLeaf &counter, int most)
{
   counter.SetRange();
   raise_maximum<TLeafB, TLeafS, TLeafI, TLeafL, TLeafG>(counter, most);
}

namespace {

/// Return the most elements that an entry of a branch has.
int most_elements(TLeaf &leaf)
{
   TLeaf *count = leaf.GetLeafCount();
   if (!count)
      return leaf.GetLenStatic();
   double most = 1;
   TBranch *branch = count->GetBranch();
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      most = std::max(most, double(count->GetValue()));
   }
   count_others(*count, int(most));
   return int(most) * leaf.GetLenStatic();
}

} // namespace

/// Write a jagged branch of another tree as a std::vector of its values.
template <typename T>
void add_vector(TTree &to, TTree &from, const char *name)
{
   TBranch *branch = from.GetBranch(name);
   auto leaf = static_cast<TLeaf *>(branch->GetListOfLeaves()->At(0));
   auto room = std::make_unique<T[]>(most_elements(*leaf));
   branch->SetAddress(room.get());
   std::vector<T> values;
   TBranch *made = to.Branch(name, &values);
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      values.assign(room.get(), room.get() + int(leaf->GetLeafCount()->GetValue()));
      made->Fill();
   }
   made->ResetAddress();
   branch->ResetAddress();
}

/// Write a jagged branch of another tree as vectors of vectors, whose lengths another branch has.
template <typename T>
void add_nested(TTree &to, TTree &from, const char *name, const char *lengths)
{
   using Nested = std::vector<std::vector<T>>;
   using Info = ROOT::Detail::TCollectionProxyInfo;
   TClass *type = TClass::GetClass<Nested>();
   if (!type->HasDictionary()) // as all but those of float and double: trees ask for this much of it
      type->SetCollectionProxy(*Info::Generate(typename Info::Pushback<Nested>()));
   TBranch *branch = from.GetBranch(name), *inner = from.GetBranch(lengths);
   auto leaf = static_cast<TLeaf *>(branch->GetListOfLeaves()->At(0));
   auto sizes = static_cast<TLeaf *>(inner->GetListOfLeaves()->At(0));
   auto room = std::make_unique<T[]>(most_elements(*leaf));
   auto each = std::make_unique<Long64_t[]>(most_elements(*sizes));
   branch->SetAddress(room.get());
   inner->SetAddress(each.get());
   Nested values;
   TBranch *made = to.Branch(name, &values);
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      inner->GetEntry(i);
      values.resize(size_t(sizes->GetLeafCount()->GetValue()));
      const T *next = room.get();
      for (size_t k = 0; k < values.size(); ++k) {
         values[k].assign(next, next + each[k]);
         next += each[k];
      }
      made->Fill();
   }
   made->ResetAddress();
   branch->ResetAddress();
   inner->ResetAddress();
}

/// Write a branch of another tree, which holds the same values in a row, as ROOT's list of leaves.
void add_leaves(TTree &to, TTree &from, const char *name, const char *leaves)
{
   TBranch *branch = from.GetBranch(name);
   auto leaf = static_cast<TLeaf *>(branch->GetListOfLeaves()->At(0));
   std::vector<char> room(size_t(most_elements(*leaf)) * leaf->GetLenType());
   branch->SetAddress(room.data());
   TBranch *made = to.Branch(name, room.data(), leaves);
   auto own = static_cast<TLeaf *>(made->GetListOfLeaves()->At(0));
   TLeaf *count = own->GetLeafCount();
   if (count)
      most_elements(*own);
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      if (count)
         count->GetBranch()->GetEntry(i);
      made->Fill();
   }
   made->ResetAddress();
   branch->ResetAddress();
}

} // namespace rootae

#include "arranged.cxx"
#include "derived.cxx"
