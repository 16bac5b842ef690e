// The entropy coder of pcodec's pages: which bin a state stands for, and where it leads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "raw_vector.hpp"
#include "span.hpp"

namespace rootae {

// Four interleaved states of one table.
class States {
 public:
  // Makes the table: 2^log states, log at most 14, shared out by the weights of at least one bin,
  // each above 0. Throws Error(corrupt) if these do not add up to the number of states.
  //   bins: what is said of a number of each, below 2^40
  States(unsigned log, Span<const std::uint32_t> weights, Span<const std::uint64_t> bins);

  // Where the k-th state begins, below 2^log.
  void begin(std::size_t k, std::uint64_t state) noexcept { states_[k] = state; }
  // Bits that one state takes at most.
  [[nodiscard]] unsigned widest() const noexcept { return widest_; }
  // Chooses the bins of a batch's numbers.
  //   p: the bits that lead on, with 16 bytes to spare
  //   at: how many of them were read already
  //   bins: where to put what is said of them
  //   returns at, further on
  std::size_t choose(const std::uint8_t* p, std::size_t at, Span<std::uint64_t> bins) noexcept;

 private:
  // From the lowest bit on: 8 for how many bits lead on, 40 for the bin, 16 for where those bits
  // count from. So one load, and shifts, give all of it.
  RawVector<std::uint64_t> nodes_;
  std::array<std::uint64_t, 4> states_{};
  unsigned widest_ = 0;
};

}  // namespace rootae
