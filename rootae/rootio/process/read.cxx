// Whether ROOT can read a branch: compiled by cling as ROOT starts, and called by read.py.

#pragma once

#include <TBranch.h>
#include <TError.h>

namespace rootae {

namespace {

int complaints = 0;

void count(int level, Bool_t, const char *, const char *)
{
   complaints += level >= kError;
}

} // namespace

/// Read every entry; ROOT complains, and goes on, where an array is longer than its counter says.
bool reads(TBranch &branch)
{
   complaints = 0;
   const auto before = SetErrorHandler(count);
   bool whole = true;
   for (Long64_t i = 0; whole && i < branch.GetEntries(); ++i)
      whole = branch.GetEntry(i) >= 0;
   SetErrorHandler(before);
   return whole && !complaints;
}

} // namespace rootae
