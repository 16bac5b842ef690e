// Reading where no file has anything: there lie the baskets of coded columns.
#pragma once

#include <Rtypes.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "container.hpp"
#include "values.hpp"

namespace rootae::root {

inline bool is_virtual(Long64_t position) {
  return position >= static_cast<Long64_t>(kVirtual);
}

// Baskets that are read together: a block's columns are decoded together, and held until all are
// read, whatever else is kept of decoded blocks.
class Request {
 public:
  // Decodes them. Errors show as the baskets are read that they are of.
  Request(const Container& container, const Long64_t* positions, Int_t count);
  // A single part of a basket, which is decoded as it is read.
  explicit Request(const Container& container) : container_(container) {}

  // Reads a part of a basket. Returns whether that failed, as TFile does, and says why.
  bool read(char* buffer, Long64_t position, Int_t size) const;

 private:
  [[nodiscard]] ValuesPointer values(const VirtualBasket& basket) const;

  using Place = std::tuple<const StoredTree*, std::size_t, std::uint32_t>;  // block and column
  const Container& container_;
  std::vector<TreePointer> trees_;
  std::map<Place, ValuesPointer> decoded_;
};

// Reads parts of baskets, and leaves the others to `others(buffer, positions, sizes, count)`, a row
// of them at a time. Returns whether any of that failed.
template <class Others>
bool read_all(const Container& container, char* buffer, Long64_t* positions, Int_t* sizes,
              Int_t count, Others&& others) {
  const Request request(container, positions, count);
  for (Int_t i = 0; i < count;) {
    if (is_virtual(positions[i])) {
      if (request.read(buffer, positions[i], sizes[i])) return true;
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
