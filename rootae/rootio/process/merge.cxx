// What merge.py needs of ROOT besides hadd's own merging.

#pragma once

#include "rewrite.cxx"

#include <TClass.h>
#include <TMethod.h>

namespace rootae {

/// Say whether ROOT puts objects of a class together, as hadd asks it. Trees are others' affair.
bool is_mergeable(const char *name)
{
   TClass *type = TClass::GetClass(name, true, true);
   if (!type || !type->IsTObject() || type->InheritsFrom("TTree"))
      return false;
   return type->GetMerge() || type->GetMethodWithPrototype("Merge", "TCollection*,TFileMergeInfo*") ||
          type->GetMethodWithPrototype("Merge", "TCollection*");
}

} // namespace rootae
