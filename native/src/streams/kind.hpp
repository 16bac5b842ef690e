// What a kind of stream is on its way back: integers from zero up, a batch at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rootae {

inline constexpr std::size_t kBatch = 256;  // integers: fit the innermost cache, and pcodec's own

// The body of one stream: what lies above the stream's minimum.
class Kind {
 public:
  Kind() = default;
  Kind(const Kind&) = delete;
  Kind& operator=(const Kind&) = delete;
  virtual ~Kind() = default;

  // What none of its integers is above.
  [[nodiscard]] virtual std::uint64_t most() const noexcept = 0;
  // Writes the next integers, or the low 32 bits of them, always the same of the two: as many as
  // are left, at most kBatch. With the last ones everything is checked that follows. Throws
  // Error(corrupt).
  virtual void next(std::uint64_t* out, std::size_t count) = 0;
  virtual void next(std::uint32_t* out, std::size_t count) = 0;
};

}  // namespace rootae
