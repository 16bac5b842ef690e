// Small integers that networks and diagrams see in place of codes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../plan/plan.hpp"
#include "../span.hpp"

namespace rootae {

// The least and the greatest of some codes; the other way round of none.
struct Range {
  std::int64_t low = 0, high = -1;
};

[[nodiscard]] Range range_of(Span<const std::int64_t> codes) noexcept;

// How many edges lie at or below each code of a range: by a table over the range where that is
// small, else by a search. It may serve many diagrams and networks that see the same codes.
class EdgeLookup {
 public:
  // edges: ascending, outliving this; range: of the codes to come; rows: how many they will be.
  // Throws where the edges do not ascend.
  EdgeLookup(Span<const std::int64_t> edges, Range range, std::size_t rows);

  // How many integers a code may become: the edges and one.
  [[nodiscard]] std::size_t width() const noexcept { return edges_.size() + 1; }

  // Writes one integer a code. All codes lie in the range; T has room for width() integers: one of
  // uint8_t, uint16_t, uint32_t, int32_t, int64_t, float, double.
  template <class T>
  void look(Span<const std::int64_t> codes, T* out) const;

 private:
  template <class Entry>
  void fill(std::vector<Entry>& table) const;
  template <class T>
  void search(Span<const std::int64_t> codes, T* out) const;

  Span<const std::int64_t> edges_;
  Range range_;
  std::size_t below_ = 0, inside_ = 0;  // edges at or below the range's least code; in the range
  std::vector<std::uint8_t> narrow_;    // over the range, of at most 255 edges
  std::vector<std::uint16_t> wide_;     // over the range, of more
};

// (clip(q, low, low + (top << shift)) - low) >> shift of each code q; T has room for top.
// digit: shift at most 63, top below 2^24.
template <class T>
void look_at_digit(const Digit& digit, Span<const std::int64_t> codes, T* out) noexcept;

// The codes themselves, as float or double. Throws where one is beyond -2^24 ... 2^24.
template <class T>
void look_at_raw(Span<const std::int64_t> codes, T* out);

}  // namespace rootae
