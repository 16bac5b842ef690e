// Trees copied, and where their clusters end: compiled by cling as ROOT starts, and called by
// rewrite.py.

#pragma once

#include <TBranch.h>
#include <TDirectory.h>
#include <TFile.h>
#include <TLeaf.h>
#include <TObjArray.h>
#include <TTree.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace rootae {

using Names = std::vector<std::string>;
using Ends = std::set<Long64_t>;

/// Return where a tree's clusters end: the entries behind their last ones.
Ends cluster_ends(TTree &tree)
{
   Ends ends;
   auto next = tree.GetClusterIterator(0);
   while (next() < tree.GetEntries())
      ends.insert(next.GetNextEntry());
   return ends;
}

/// Add what was set as an entry of a branch; a basket ends where a cluster does.
void fill(TBranch &branch, Long64_t entry, const Ends &ends)
{
   branch.Fill();
   if (ends.count(entry + 1))
      branch.FlushBaskets();
}

namespace {

/// What a tree says of its clusters, which ROOT keeps to itself.
struct Clusters : TTree {
   static void take(TTree &to, const TTree &from)
   {
      const Int_t ranges = from.*(&Clusters::fNClusterRange);
      to.*(&Clusters::fAutoFlush) = from.*(&Clusters::fAutoFlush);
      to.*(&Clusters::fFlushedBytes) = from.*(&Clusters::fFlushedBytes); // none: no ends are marked
      to.*(&Clusters::fNClusterRange) = to.*(&Clusters::fMaxClusterRange) = ranges;
      take(to.*(&Clusters::fClusterRangeEnd), from.*(&Clusters::fClusterRangeEnd), ranges);
      take(to.*(&Clusters::fClusterSize), from.*(&Clusters::fClusterSize), ranges);
   }

private:
   static void take(Long64_t *&to, const Long64_t *from, Int_t count)
   {
      delete[] to;
      to = count ? new Long64_t[count] : nullptr;
      std::copy(from, from + count, to);
   }
};

} // namespace

/// Have a tree's clusters end where another's do, of as many entries.
void take_clusters(TTree &to, TTree &from)
{
   Clusters::take(to, from);
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
void copy_entries(TTree &tree, TTree &copy, const Ends &ends)
{
   copy.SetAutoFlush(0);
   for (Long64_t i = 0; i < tree.GetEntries(); ++i) {
      tree.GetEntry(i);
      copy.Fill();
      if (ends.count(i + 1))
         copy.FlushBaskets();
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
/// Its clusters end where another's do, and so do baskets that are made anew.
TTree *copy_tree(TTree &tree, TTree &model, TDirectory &to, const Names &without, bool fast)
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
      is_even(tree) ? copy_entries(tree, *copy, cluster_ends(model)) : copy_each_branch(tree, *copy);
   }
   copy->SetEntries(tree.GetEntries());
   take_clusters(*copy, model);
   return copy;
}

} // namespace rootae
