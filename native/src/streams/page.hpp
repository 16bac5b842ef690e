// A page of pcodec, the part of its format that FORMAT.md, section 1, has.
#pragma once

#include <cstddef>
#include <memory>

#include "span.hpp"
#include "streams/kind.hpp"

namespace rootae {

// Opens the body of a stream of the kind 1: a byte, 2, 4 or 8 for the bytes of a number, and a
// page of n >= 1 of them, which have to outlive it. Throws Error(corrupt), as reading on does.
std::unique_ptr<Kind> open_page(Bytes body, std::size_t n);

}  // namespace rootae
