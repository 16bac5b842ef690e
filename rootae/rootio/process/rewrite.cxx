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
#include <TUUID.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "copied.cxx"

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

namespace {

struct Identified : TDirectory {
   static auto uuid() { return &Identified::fUUID; }
};

} // namespace

/// Give a file the UUID that a record in it names.
void set_uuid(TFile &file, const char *uuid)
{
   static_cast<TDirectory &>(file).*Identified::uuid() = TUUID(uuid);
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
   const Ends ends = cluster_ends(from);
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      values.assign(room.get(), room.get() + int(leaf->GetLeafCount()->GetValue()));
      fill(*made, i, ends);
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
   const Ends ends = cluster_ends(from);
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      inner->GetEntry(i);
      values.resize(size_t(sizes->GetLeafCount()->GetValue()));
      const T *next = room.get();
      for (size_t k = 0; k < values.size(); ++k) {
         values[k].assign(next, next + each[k]);
         next += each[k];
      }
      fill(*made, i, ends);
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
   const Ends ends = cluster_ends(from);
   for (Long64_t i = 0; i < branch->GetEntries(); ++i) {
      branch->GetEntry(i);
      if (count)
         count->GetBranch()->GetEntry(i);
      fill(*made, i, ends);
   }
   made->ResetAddress();
   branch->ResetAddress();
}

} // namespace rootae

#include "arranged.cxx"
#include "derived.cxx"
