// Integers that are stored context by context: FORMAT.md, section 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "memory.hpp"
#include "span.hpp"
#include "streams/batch.hpp"
#include "streams/zstd.hpp"

namespace rootae {

// The context of each row, shape (rows,).
using ContextSpan = std::variant<Span<const std::uint8_t>, Span<const std::uint16_t>,
                                 Span<const std::uint32_t>>;

[[nodiscard]] inline std::size_t rows_of(const ContextSpan& contexts) noexcept {
  return std::visit([](const auto& c) { return c.size(); }, contexts);
}

// Reads runs of as many integers as there are contexts, a batch at a time. All streams are read at
// once, into one array; contexts have to outlive it. The rows are gone through from four places at
// a time: where a context repeats itself, each of its values waits for the place of the last one,
// and so it waits for a quarter of them only.
class Runs {
 public:
  // Throws Error(corrupt) where the bytes are no runs in these contexts, or a context is not below
  // 2^16; as Stream does without zstd.
  //   memories: where the values go; they have to outlive it
  Runs(Bytes data, ContextSpan contexts, Zstd zstd, Memories& memories);

  // As those of Stream; there is memory for kBatches.
  [[nodiscard]] bool is_narrow() const noexcept { return is_narrow_; }
  Batch next(std::int64_t* out) noexcept { return read(out); }
  Batch next(std::int32_t* out) noexcept { return read(out); }

 private:
  template <class C>
  void count(Span<const C> contexts);
  template <class C>
  void count_rest(Span<const C> contexts);
  void count_side_by_side(Span<const std::uint8_t> contexts, unsigned most);
  void begin();
  void read_all(Span<const Bytes> parts, Zstd zstd, Memories& memories);
  template <class Code>
  Batch read(Code* out) noexcept;

  ContextSpan contexts_;
  unsigned merged_ = 0;             // low bits of contexts that do not count
  std::size_t quarter_ = 0;         // rows from one place to the next; 0: there is one
  std::size_t done_ = 0;            // rows from each place on, then those behind the quarters
  std::size_t size_ = 0;            // of a table
  std::vector<std::uint32_t> at_;   // tables, one for each place: the next value of each context
  std::vector<std::uint32_t> rows_of_;  // how many each context has
  bool is_narrow_ = true;           // values are int32, else int64
  Memory values_;                   // context by context
};

// Reads runs of as many integers as `out` and `contexts` have. Throws as Runs does.
void decode_runs(Bytes data, const ContextSpan& contexts, Zstd zstd, Span<std::int64_t> out);

}  // namespace rootae
