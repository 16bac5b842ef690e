// Branches taken over, and branches and leaves in the order of the original: compiled by cling as ROOT starts, and called by
// rewrite.py.

#pragma once

#include <TBranch.h>
#include <TLeaf.h>
#include <TObjArray.h>
#include <TTree.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rootae {

using Names = std::vector<std::string>;

/// Have leaves counted by the tree's own leaves, not by those of the tree that they came from.
void link_counters(TTree &tree)
{
   std::set<TObject *> own;
   for (TObject *leaf : *tree.GetListOfLeaves())
      own.insert(leaf);
   for (TObject *each : *tree.GetListOfLeaves()) {
      auto leaf = static_cast<TLeaf *>(each);
      TLeaf *mine = leaf->GetLeafCount();
      if (!mine || own.count(mine))
         continue;
      if (TLeaf *count = tree.GetLeaf(mine->GetBranch()->GetName(), mine->GetName())) {
         count_others(*count, mine->GetMaximum());
         leaf->SetLeafCount(count);
      }
   }
}

/// Give a tree the branches of another one, whose baskets lie in the same file.
void adopt(TTree &to, TTree &from, const Names &names)
{
   const std::set<std::string> wanted(names.begin(), names.end());
   std::vector<TBranch *> branches;
   for (TObject *each : *from.GetListOfBranches())
      if (wanted.count(each->GetName()))
         branches.push_back(static_cast<TBranch *>(each));
   for (TBranch *branch : branches) {
      from.GetListOfBranches()->Remove(branch);
      to.GetListOfBranches()->AddLast(branch);
      for (TObject *leaf : *branch->GetListOfLeaves()) {
         from.GetListOfLeaves()->Remove(leaf);
         to.GetListOfLeaves()->AddLast(leaf);
      }
      branch->SetTree(&to);
      to.AddTotBytes(branch->GetTotBytes());
      to.AddZipBytes(branch->GetZipBytes());
   }
   link_counters(to);
   from.GetListOfBranches()->Compress();
   from.GetListOfLeaves()->Compress();
}

/// Put branches, and with them their leaves, into an order; others keep theirs and come last.
void arrange(TTree &tree, const Names &order)
{
   TObjArray *branches = tree.GetListOfBranches();
   std::vector<TObject *> found, others;
   for (const auto &name : order)
      for (int i = 0; i < branches->GetEntriesFast(); ++i)
         if (TObject *branch = branches->At(i); branch && name == branch->GetName()) {
            found.push_back(branches->RemoveAt(i)); // Clear would delete what it still holds
            break;
         }
   for (int i = 0; i < branches->GetEntriesFast(); ++i)
      if (branches->At(i))
         others.push_back(branches->RemoveAt(i));
   branches->Clear();
   found.insert(found.end(), others.begin(), others.end());
   for (TObject *branch : found)
      branches->AddLast(branch);
}

namespace {

/// Return what a leaf is told by: its branch and itself, or the branch alone if it is renamed.
std::string told(TLeaf &leaf, const std::map<std::string, std::string> &renamed)
{
   std::string path;
   TBranch *branch = leaf.GetBranch(), *mother = branch->GetMother();
   if (mother != branch)
      path = mother->GetName() + std::string("\n");
   path += branch->GetName() + std::string("\n");
   const auto found = renamed.find(branch->GetName());
   return mother != branch || found == renamed.end() ? path + leaf.GetName() : found->second;
}

} // namespace

/// Put leaves into the order of another tree's, of which some branches are called otherwise.
void arrange_leaves(TTree &tree, TTree &model, const Names &names, const Names &there)
{
   std::map<std::string, std::string> mine, theirs;
   for (size_t i = 0; i < names.size(); ++i)
      mine[names[i]] = theirs[there[i]] = "\n" + names[i];
   std::map<std::string, std::deque<TObject *>> left;
   TObjArray *leaves = tree.GetListOfLeaves();
   std::vector<TObject *> before, found;
   for (TObject *each : *leaves) {
      before.push_back(each);
      left[told(*static_cast<TLeaf *>(each), mine)].push_back(each);
   }
   for (TObject *each : *model.GetListOfLeaves()) {
      auto &same = left[told(*static_cast<TLeaf *>(each), theirs)];
      if (!same.empty()) {
         found.push_back(same.front());
         same.pop_front();
      }
   }
   const std::set<TObject *> placed(found.begin(), found.end());
   for (TObject *each : before)
      if (!placed.count(each))
         found.push_back(each);
   leaves->Clear();
   for (TObject *each : found)
      leaves->AddLast(each);
}

} // namespace rootae
