// One lane of one block: its bytes, codes and escapes (FORMAT.md, section 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "codes.hpp"
#include "escapes.hpp"
#include "span.hpp"
#include "streams/batch.hpp"
#include "streams/runs.hpp"
#include "streams/stream.hpp"
#include "streams/zstd.hpp"
#include "types.hpp"

namespace rootae {

enum class Mode : std::uint8_t { plain, contexts, bits, derived, predicted, centred };

// What turns a lane's codes into values.
enum class Applies : std::uint8_t {
  grid,  // the lane's own
  bits,  // the grid `bits` of the column's type; whoever looks at the lane's codes sees zeros
  rule,  // the lane's rule: it has no codes
};

// A lane as it is stored, and what its codes are made of besides. Which modes a lane may be in, by
// its plan, is for the caller to know; what a mode needs and is not there is damage.
struct StoredLane {
  std::uint8_t mode;  // as the directory has it
  Bytes blob;
  std::size_t rows;  // at most 2^31
  Type type;         // the column's
  bool by_bits;      // the lane's own grid is `bits`
  std::optional<ContextSpan> contexts;              // shape (rows,), as all of these
  std::optional<CodeSpan> centre;                   // its codes
  std::optional<Span<const std::int64_t>> predicted;  // codes
  std::int64_t least = INT64_MIN, most = INT64_MAX;   // what the centre's codes lie between
};

// Reads a lane, a batch at a time, so that a grid can be applied while codes are at hand. What the
// lane points to has to outlive it. Damage at the end shows with the last batch only: nothing may
// be given out before.
class LaneReader {
 public:
  // Reads the escapes, and what comes before the codes. Throws Error(corrupt), as reading on does.
  //   memories: for what is kept while it reads; they have to outlive it
  LaneReader(const StoredLane& lane, Zstd zstd, Memories& memories);

  [[nodiscard]] Applies applies() const noexcept { return applies_; }
  // To be put over what the codes give.
  [[nodiscard]] const Escapes& escapes() const& noexcept { return escapes_; }
  [[nodiscard]] Escapes&& escapes() && noexcept { return std::move(escapes_); }
  // Whether all codes fit 32 bits, as far as can be said before they are read: those of a lane of
  // float32 by bits, and others that lie in -2^30 ... 2^30 - 1.
  [[nodiscard]] bool is_narrow() const noexcept { return is_narrow_; }
  // Writes the next codes to memory for kBatches; of 32 bits where these are enough.
  //   returns which these are; none where none are left, and by a rule
  Batch next(std::int64_t* out) { return read(out); }
  Batch next(std::int32_t* out) { return read(out); }

 private:
  void open(const StoredLane& lane, Cursor& cursor, Zstd zstd, Memories& memories);
  [[nodiscard]] bool fits(const StoredLane& lane) const noexcept;
  template <class Code>
  Batch read(Code* out);
  template <class Code>
  Batch read_stream(Stream& stream, Code* out);
  template <class Code>
  Batch read_predicted(Code* out) noexcept;
  template <class Code>
  void place(Code* codes, std::size_t first, std::size_t count) const noexcept;

  Escapes escapes_;
  Applies applies_ = Applies::grid;
  unsigned shift_ = 0;
  bool is_modular_ = false;  // codes are modulo 2^32
  bool is_narrow_ = false;
  std::size_t done_ = 0;     // rows, where they are read in their order
  std::optional<CodeSpan> centre_;
  Span<const std::int64_t> predicted_;
  std::variant<std::monostate, Stream, Runs> stored_;
};

struct DecodedLane {
  Escapes escapes;
  Applies applies;
};

// Reads a whole lane. Throws as LaneReader does; `codes` then hold anything.
//   codes: memory for all rows; left alone where a rule applies
DecodedLane decode_lane(const StoredLane& lane, Zstd zstd, Span<std::int64_t> codes);

}  // namespace rootae
