// Trees of classes that ROOT does not have: compiled by cling as ROOT starts, and called by
// rewrite.py.

#pragma once

#include <RZip.h>
#include <TBasket.h>
#include <TBranch.h>
#include <TClass.h>
#include <TDirectory.h>
#include <TFile.h>
#include <TKey.h>
#include <TProcessID.h>
#include <TTree.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace rootae {

namespace {

using Bytes = std::string;

/// Return an object's bytes as they were before they were compressed, nothing if that fails.
Bytes bytes_of(TFile &file, TKey &key)
{
   Bytes stored(key.GetNbytes() - key.GetKeylen(), 0), whole(key.GetObjlen(), 0);
   if (file.ReadBuffer(stored.data(), key.GetSeekKey() + key.GetKeylen(), int(stored.size())))
      return {};
   if (stored.size() >= whole.size())
      return stored;
   auto next = reinterpret_cast<unsigned char *>(stored.data());
   auto made = reinterpret_cast<unsigned char *>(whole.data());
   const auto end = next + stored.size(), full = made + whole.size();
   while (end - next > 9 && made < full) {
      int packed = 0, room = 0, got = 0;
      if (R__unzip_header(&packed, next, &room) || packed > end - next || room > full - made)
         return {};
      R__unzip(&packed, next, &room, made, &got);
      if (got != room)
         return {};
      next += packed;
      made += got;
   }
   return made == full ? whole : Bytes{};
}

Bytes big_endian(const std::vector<Long64_t> &numbers)
{
   Bytes text;
   for (Long64_t number : numbers)
      for (int shift = 56; shift >= 0; shift -= 8)
         text += char(number >> shift & 0xff);
   return text;
}

/// Put text in the place of what stands in an object once.
bool replace(Bytes &whole, const Bytes &old, const Bytes &now)
{
   const auto at = whole.find(old);
   if (at == Bytes::npos || whole.find(old, at + 1) != Bytes::npos)
      return false;
   whole.replace(at, old.size(), now);
   return true;
}

/// Copy the baskets of a branch and of all below it, and say in an object's bytes where they are.
bool copy_baskets(TBranch &branch, TFile &from, TDirectory &to, Bytes &whole)
{
   std::vector<Long64_t> old, now;
   for (int i = 0; i < branch.GetWriteBasket(); ++i) {
      old.push_back(branch.GetBasketSeek(i));
      now.push_back(0);
      if (!old.back())
         continue; // in the object's own bytes
      TBasket basket(&to);
      if (basket.LoadBasketBuffers(old.back(), branch.GetBasketBytes()[i], &from, branch.GetTree()))
         return false;
      if (basket.CopyTo(to.GetFile()) <= 0)
         return false;
      now.back() = basket.GetSeekKey();
   }
   if (*branch.GetFileName() || (old != now && !replace(whole, big_endian(old), big_endian(now))))
      return false;
   for (TObject *each : *branch.GetListOfBranches())
      if (!copy_baskets(*static_cast<TBranch *>(each), from, to, whole))
         return false;
   return true;
}

} // namespace

/// Copy a tree byte for byte, but for where its baskets lie; say whether that could be done.
bool copy_derived(TKey &key, TDirectory &to, int cycle)
{
   TClass *type = TClass::GetClass(key.GetClassName());
   const int at = type ? type->GetBaseClassOffset(TTree::Class()) : -1;
   TFile *from = key.GetFile();
   void *read = at >= 0 && from ? key.ReadObjectAny(nullptr) : nullptr;
   if (!read)
      return false;
   auto &tree = *reinterpret_cast<TTree *>(static_cast<char *>(read) + at);
   Bytes whole = bytes_of(*from, key);
   if (whole.empty() || from->GetNProcessIDs() || !can_copy_baskets(tree, from))
      return false;
   for (TObject *each : *tree.GetListOfBranches())
      if (!copy_baskets(*static_cast<TBranch *>(each), *from, to, whole))
         return false;
   auto made = new TKey(key.GetName(), key.GetTitle(), type, int(whole.size()), &to);
   std::copy(whole.begin(), whole.end(), made->GetBuffer()); // behind the key's own bytes
   to.AppendKey(made); // which owns it
   return made->WriteFile(cycle) > 0;
}

} // namespace rootae
