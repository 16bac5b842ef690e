// ONNX models by a closed grammar: what is not known to be harmless is refused before it runs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "../span.hpp"

namespace rootae {

// Of an array's numbers, by ONNX's number.
enum class Element : std::uint8_t { float32 = 1, int64 = 7, float64 = 11 };

[[nodiscard]] inline bool is_float(Element element) noexcept { return element != Element::int64; }

using Shape = std::vector<std::int64_t>;
constexpr std::int64_t kRows = -1;           // in a shape: the dimension that is free
constexpr std::size_t kMostDimensions = 8;   // of an array that is made
constexpr std::int64_t kLongest = 1 << 24;   // of a dimension

// Texts and data belong to the model's bytes, all of them.
struct Attribute {
  std::optional<float> f;
  std::optional<std::int64_t> i;
  std::optional<std::vector<std::int64_t>> ints;
};

struct Node {
  std::string_view op;                   // the operator's name
  std::vector<std::string_view> inputs;  // without empty ones at the end
  std::string_view output;
  std::vector<std::pair<std::string_view, Attribute>> attributes;
};

struct Initializer {
  Shape shape;
  Element element = Element::float32;
  Bytes raw;                       // little endian, as long as the shape says
  std::int64_t low = 0, high = -1;  // of int64: the least and the largest number, if any
};

// The input or the output.
struct End {
  std::string_view name;
  Shape shape;
  Element element = Element::float32;
};

struct Model {
  std::vector<Node> nodes;  // in the order in which they run
  std::map<std::string_view, Initializer> initializers;
  End input, output;
};

// Reads a model's bytes, which have to outlive it. Throws where they are none of the grammar.
[[nodiscard]] Model read_model(Bytes onnx);

}  // namespace rootae
