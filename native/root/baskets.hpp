// The baskets of a branch as they lie in a file, read without the TTree that they belong to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "source.hpp"
#include "span.hpp"

class TBranch;

namespace rootae::root {

// What a basket's record begins with.
struct Record {
  std::size_t key;    // bytes before its payload
  std::size_t whole;  // bytes of its payload, uncompressed
};

// A basket, uncompressed: its entries, and where each begins if they are not equally long.
struct Basket {
  std::vector<std::uint8_t> bytes;
  std::size_t data = 0;                // bytes that are entries
  std::vector<std::uint32_t> offsets;  // one more than entries; empty where all are equally long

  // An entry of one that has offsets.
  [[nodiscard]] Bytes entry(std::size_t i) const {
    return Bytes(bytes).part(offsets[i], offsets[i + 1] - offsets[i]);
  }
};

class Baskets {
 public:
  // Looks at the branch now and not later. Throws corrupt where its baskets do not follow on one
  // another.
  explicit Baskets(TBranch& branch);

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] std::uint64_t entries() const noexcept { return first_.back(); }
  // The first entry of a basket; of the one behind the last, the number of entries.
  [[nodiscard]] std::uint64_t first(std::size_t basket) const { return first_[basket]; }
  // The basket that has an entry.
  [[nodiscard]] std::size_t of(std::uint64_t entry) const;

  // Throws corrupt where it is damaged.
  [[nodiscard]] Basket load(const Source& source, std::size_t basket) const;
  // Whether a basket lies in the file by itself, and where.
  [[nodiscard]] bool lies_apart(std::size_t basket) const { return places_[basket].size != 0; }
  [[nodiscard]] Range place(std::size_t basket) const { return places_[basket]; }
  // Reads what a record begins with. Throws corrupt where it is none of a basket of that place.
  static constexpr std::size_t kBeginning = 16;
  [[nodiscard]] static Record record(Bytes beginning, Range place);

 private:
  std::vector<Range> places_;  // of no bytes where a basket is part of the tree itself
  std::vector<std::uint64_t> first_;
  std::vector<std::vector<std::uint8_t>> inside_;  // records of those, whole and uncompressed
};

}  // namespace rootae::root
