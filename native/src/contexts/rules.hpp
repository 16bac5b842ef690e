// What each operator makes of the shapes that it is given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../error.hpp"
#include "shapes.hpp"

namespace rootae {

struct Made {
  Shape shape;
  Element element = Element::float32;
  std::uint64_t work = 0;  // numbers a row that are multiplied and added, or looked through
};

// Says what a node makes. The call has the operator and its inputs, by their numbers in arrays;
// what the attributes say is added to it.
// Throws where the node has other attributes or inputs than its operator takes.
[[nodiscard]] Made apply(const Node& node, const std::vector<Array>& arrays, Call& call);

// The product, or 2^64 - 1 where that is less.
[[nodiscard]] std::uint64_t times(std::uint64_t a, std::uint64_t b) noexcept;

inline void hold_fit(bool right, const char* what) {
  if (right) return;
  corrupt("a stored network does not fit together (" + std::string(what) + "): the file is damaged");
}

}  // namespace rootae
