// What a model's operators make of shapes: the closed list of operators, and how much they may ask.
#pragma once

#include <cstdint>
#include <vector>

#include "model.hpp"

namespace rootae {

enum class Role : std::uint8_t { decoder, encoder };

enum class Op : std::uint8_t {
  add, argmax, cast, clip, concat, floor, gather, gemm, matmul, mul, relu, reshape, transpose,
};

constexpr std::size_t kNothing = SIZE_MAX;  // in place of the number of an array

// What is known of an array before a model runs.
struct Array {
  Shape shape;
  Element element = Element::float32;
  const Initializer* initializer = nullptr;  // of the model; null of arrays that are made
};

// A node whose arrays are known by their numbers, and its attributes, or what they are without.
struct Call {
  Op op = Op::add;
  std::vector<std::size_t> inputs;  // numbers of arrays; kNothing for an end of Clip left open
  std::size_t output = 0;
  std::int64_t axis = 0;             // as it is counted from the front
  std::vector<std::int64_t> order;   // of Transpose: the dimension of the input for each
  float alpha = 1, beta = 1;         // of Gemm
  bool turned_a = false, turned_b = false;
};

// A model whose arrays fit together: array 0 is the input, then the initializers, then one a node.
struct Checked {
  std::vector<Array> arrays;
  std::vector<Call> calls;
  std::size_t output = 0;  // the number of an array
  std::uint64_t work = 0;  // numbers a row that are made, or added up
};

// Follows what a model makes, without computing anything.
// Throws where it has an operator that its role may not have, arrays that do not fit together, more
// than 2^16 numbers a row in one that is made, or more than 2^24 in all with what is added up.
// The model has to outlive what is returned.
[[nodiscard]] Checked check_shapes(const Model& model, Role role);

// The numbers a row that an array has, at most 2^64 - 1.
[[nodiscard]] std::uint64_t units_of(const Shape& shape) noexcept;

// The int64 numbers of an initializer.
[[nodiscard]] std::vector<std::int64_t> integers_of(const Initializer& initializer);

}  // namespace rootae
