// Integers that are stored context by context: FORMAT.md, section 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "raw_vector.hpp"
#include "span.hpp"
#include "streams/zstd.hpp"

namespace rootae {

// The context of each row, shape (rows,).
using ContextSpan = std::variant<Span<const std::uint8_t>, Span<const std::uint16_t>,
                                 Span<const std::uint32_t>>;

[[nodiscard]] inline std::size_t rows_of(const ContextSpan& contexts) noexcept {
  return std::visit([](const auto& c) { return c.size(); }, contexts);
}

// Reads runs of as many integers as there are contexts, a batch at a time. All streams are read at
// once, into one array; contexts have to outlive it.
class Runs {
 public:
  // Throws Error(corrupt) where the bytes are no runs in these contexts, or a context is not below
  // 2^16; as Stream does without zstd.
  Runs(Bytes data, ContextSpan contexts, Zstd zstd);

  // As Stream::next.
  std::size_t next(std::int64_t* out) noexcept;

 private:
  void read(Span<const Bytes> parts, Zstd zstd);
  template <class C>
  void gather(const C* contexts, std::size_t count, std::int64_t* out) noexcept;

  ContextSpan contexts_;
  unsigned merged_ = 0;             // low bits of contexts that do not count
  std::size_t done_ = 0;            // rows
  std::vector<std::uint32_t> at_;   // the next value of each context
  RawVector<std::int32_t> narrow_;  // the values, context by context, if they fit
  RawVector<std::int64_t> wide_;    // else
};

// Reads runs of as many integers as `out` and `contexts` have. Throws as Runs does.
void decode_runs(Bytes data, const ContextSpan& contexts, Zstd zstd, Span<std::int64_t> out);

}  // namespace rootae
