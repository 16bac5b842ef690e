// The crc32 of zlib, which directories and blobs are checked by.
#pragma once

#include <cstdint>

#include "span.hpp"

namespace rootae {

// Returns the crc32 of bytes, going on from that of the bytes before.
std::uint32_t crc32(Bytes bytes, std::uint32_t before = 0);

}  // namespace rootae
