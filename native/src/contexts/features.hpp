// Small integers that networks and diagrams see in place of codes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../codes.hpp"
#include "../plan/plan.hpp"
#include "../span.hpp"

namespace rootae {

// How many edges lie at or below each code: by a table over the integers around the edges, or over
// stretches of 2^n of them where few edges share one, else by a search. It holds for any codes, so
// one serves all blocks, and all diagrams and networks that see by these edges.
class EdgeLookup {
 public:
  // edges: ascending. Throws where they are not. Keeps at most 16 KiB and two copies of the edges.
  explicit EdgeLookup(Span<const std::int64_t> edges);

  // How many integers a code may become: the edges and one.
  [[nodiscard]] std::size_t width() const noexcept { return count_ + 1; }

  // Writes one integer a code. T has room for width() integers: one of uint8_t, uint16_t, uint32_t,
  // int32_t, int64_t, float, double.
  template <class T>
  void look(Span<const std::int64_t> codes, T* out) const;
  template <class T>
  void look(Span<const std::int32_t> codes, T* out) const;
  template <class T>
  void look(const CodeSpan& codes, T* out) const {
    codes.visit([&](auto span) { look(span, out); });
  }

 private:
  void tabulate();
  void stretch();
  void note_narrow();
  template <class T>
  void look_narrow(const std::int32_t* codes, std::size_t count, T* out) const;
  void begin(std::uint64_t reach);
  template <class T>
  void look_wide(Span<const std::int64_t> codes, T* out) const;
  template <std::size_t shared, bool shifted, class T>
  void look_up(Span<const std::int64_t> codes, T* out) const;
  template <class T>
  void search(Span<const std::int64_t> codes, T* out) const;

  std::vector<std::int64_t> edges_;  // with some behind that almost no code is above
  std::size_t count_ = 0;            // of edges
  std::int64_t low_ = 0;             // where the table begins
  std::uint32_t shift_ = 0;          // each of its entries is for 2^shift integers
  std::size_t shared_ = 0;           // edges in one stretch, at most
  std::vector<std::uint8_t> bins_;   // a power of two; of each integer, or before each stretch
  // Where all edges and the table's beginning fit 32 bits, and so does all that is looked up: the
  // edges once more, and the last integer that the table reaches to.
  std::vector<std::int32_t> narrow_;
  std::int32_t last_ = 0;
};

// (clip(q, low, low + (top << shift)) - low) >> shift of each code q; T has room for top.
// digit: shift at most 63, top below 2^24.
template <class T>
void look_at_digit(const Digit& digit, Span<const std::int64_t> codes, T* out) noexcept;

// The codes themselves, as float or double. Throws where one is beyond -2^24 ... 2^24.
template <class T>
void look_at_raw(Span<const std::int64_t> codes, T* out);

}  // namespace rootae
