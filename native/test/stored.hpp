// Byte strings as a writer makes them, and a zstd that knows stored and repeated blocks only.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

using Blob = std::vector<std::uint8_t>;

inline void append(Blob& to, const Blob& more) { to.insert(to.end(), more.begin(), more.end()); }

inline Blob varint(std::uint64_t value) {
  Blob out;
  for (; value > 0x7F; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
  return out;
}

inline Blob svarint(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return varint((bits << 1) ^ (0 - (bits >> 63)));
}

inline Blob join(const std::vector<Blob>& parts) {
  Blob out = varint(parts.size());
  for (const auto& part : parts) append(out, varint(part.size()));
  for (const auto& part : parts) append(out, part);
  return out;
}

// One frame of one block, which holds the bytes as they are; fewer than 2^16.
inline Blob frame(const Blob& data) {
  Blob out{0x28, 0xB5, 0x2F, 0xFD, 0xA0};
  for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(data.size() >> 8 * i));
  const std::size_t block = data.size() << 3 | 1;
  for (unsigned i = 0; i < 3; ++i) out.push_back(static_cast<std::uint8_t>(block >> 8 * i));
  append(out, data);
  return out;
}

// Reads frames of blocks that are stored as they are or repeat a byte: an embedder's function.
inline std::size_t unpack(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                          std::size_t out_size) {
  if (in_size < 5) return SIZE_MAX;
  const unsigned alone = in[4] >> 5 & 1U, sizes[] = {alone, 2, 4, 8};
  std::size_t at = 6 - alone + sizes[in[4] >> 6], written = 0;
  for (bool is_last = false; !is_last;) {
    if (at + 3 > in_size) return SIZE_MAX;
    unsigned block = 0;
    for (unsigned i = 0; i < 3; ++i) block |= static_cast<unsigned>(in[at + i]) << 8 * i;
    const std::size_t size = block >> 3, stored = (block & 6) == 2 ? 1 : size;
    at += 3;
    if (size > out_size - written || stored > in_size - at) return SIZE_MAX;
    for (std::size_t i = 0; i < size; ++i) out[written + i] = in[at + (stored == size ? i : 0)];
    written += size;
    at += stored;
    is_last = (block & 1) != 0;
  }
  return written;
}
