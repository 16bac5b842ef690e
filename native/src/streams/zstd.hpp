// One zstd frame (RFC 8878) of a known size, by a function that the embedder gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "span.hpp"

namespace rootae {

// Decompresses all frames of `in`, without a dictionary; returns the bytes written, or SIZE_MAX
// where the input is damaged or does not fit. It must not throw.
using Zstd = std::size_t (*)(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                             std::size_t out_size);

// Decompresses exactly one frame, without a dictionary, that holds exactly `size` bytes. Memory is
// taken only where the frame's blocks may hold as much. Throws Error(corrupt); Error(argument)
// without a function.
std::vector<std::uint8_t> decompress(Zstd zstd, Bytes data, std::size_t size);

}  // namespace rootae
