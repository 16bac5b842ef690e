// The entropy coder of pcodec's pages: which bin a state stands for, and where it leads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "span.hpp"

namespace rootae {

// Four interleaved states of one table.
class States {
 public:
  // Makes the table: 2^log states, log at most 14, shared out by the weights of at least one bin,
  // each above 0. Throws Error(corrupt) if these do not add up to the number of states.
  States(unsigned log, Span<const std::uint32_t> weights);

  // Where the k-th state begins, below 2^log.
  void begin(std::size_t k, std::uint64_t state) noexcept { states_[k] = state; }
  // Bits that one state takes at most.
  [[nodiscard]] unsigned widest() const noexcept { return widest_; }
  // Chooses the bins of a batch's numbers.
  //   p: the bits that lead on, with 16 bytes to spare
  //   at: how many of them were read already
  //   bins: where to put them
  //   returns at, further on
  std::size_t choose(const std::uint8_t* p, std::size_t at, Span<std::uint16_t> bins) noexcept;

 private:
  struct Node {
    std::uint16_t base, mask, bin, bits;  // mask: of the bits that lead on
  };
  std::vector<Node> nodes_;
  std::array<std::uint64_t, 4> states_{};
  unsigned widest_ = 0;
};

}  // namespace rootae
