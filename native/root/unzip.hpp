// What ROOT compressed, and the zstd that the core asks for, by ROOT's own libraries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "span.hpp"

namespace rootae::root {

// The core's rootae_zstd.
std::size_t unzstd(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                   std::size_t out_size) noexcept;

// Bytes of an object or a basket that take `size` bytes uncompressed; as they are where they are
// that many already. Throws corrupt where they are damaged.
std::vector<std::uint8_t> unzipped(Bytes stored, std::size_t size);

}  // namespace rootae::root
