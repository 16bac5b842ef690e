// Reading where no file has anything: there lie the baskets of coded columns.
#pragma once

#include <Rtypes.h>

#include "container.hpp"

namespace rootae::root {

inline bool is_virtual(Long64_t position) {
  return position >= static_cast<Long64_t>(kVirtual);
}

// Reads a part of a basket. Returns whether that failed, as TFile does, and says why.
bool read_basket(const Container& container, char* buffer, Long64_t position, Int_t size);

// Reads parts of baskets, and leaves the others to `others(buffer, positions, sizes, count)`, a row
// of them at a time. Returns whether any of that failed.
template <class Others>
bool read_all(const Container& container, char* buffer, Long64_t* positions, Int_t* sizes,
              Int_t count, Others&& others);

// Has baskets decoded that are about to be read, a block's columns together. Errors show as they
// are read.
void announce(const Container& container, const Long64_t* positions, Int_t count);

template <class Others>
bool read_all(const Container& container, char* buffer, Long64_t* positions, Int_t* sizes,
              Int_t count, Others&& others) {
  announce(container, positions, count);
  for (Int_t i = 0; i < count;) {
    if (is_virtual(positions[i])) {
      if (read_basket(container, buffer, positions[i], sizes[i])) return true;
      buffer += sizes[i++];
      continue;
    }
    const Int_t first = i;
    Long64_t bytes = 0;
    for (; i < count && !is_virtual(positions[i]); ++i) bytes += sizes[i];
    if (others(buffer, positions + first, sizes + first, i - first)) return true;
    buffer += bytes;
  }
  return false;
}

}  // namespace rootae::root
