// Streams of n signed 64-bit integers, whose reader knows n: FORMAT.md, section 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "span.hpp"
#include "streams/kind.hpp"
#include "streams/zstd.hpp"

namespace rootae {

// Reads a stream, a batch at a time. Its bytes have to outlive it.
class Stream {
 public:
  // Throws Error(corrupt) where the bytes are no stream of n integers, as reading on does.
  //   zstd: for frames; without it a stream that has one is refused as Error(argument)
  Stream(Bytes data, std::size_t n, Zstd zstd);

  // Whether all its integers lie in -2^29 ... 2^29 - 1, as far as can be said before they are read.
  [[nodiscard]] bool is_narrow() const noexcept;
  // Writes the next integers, or the low 32 bits of them, always the same of the two, to memory for
  // as many as are left, at most kBatch.
  //   returns how many, all of kBatch but for the last ones; 0 where none are left
  std::size_t next(std::int64_t* out) { return read<std::uint64_t>(out); }
  std::size_t next(std::int32_t* out) { return read<std::uint32_t>(out); }

 private:
  template <class U>
  std::size_t read(std::make_signed_t<U>* out);

  std::unique_ptr<Kind> kind_;
  std::uint64_t low_;
  std::size_t left_;
};

// Reads a whole stream of as many integers as `out` has. Throws as Stream does; `out` then holds
// anything.
void decode_stream(Bytes data, Zstd zstd, Span<std::int64_t> out);

extern template std::size_t Stream::read<std::uint64_t>(std::int64_t*);
extern template std::size_t Stream::read<std::uint32_t>(std::int32_t*);

}  // namespace rootae
