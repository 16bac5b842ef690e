#include "model.hpp"

#include <algorithm>
#include <cstring>

#include "../error.hpp"
#include "message.hpp"

namespace rootae {
namespace {

constexpr std::uint64_t kVersion = 8, kFirstOpset = 13, kLastOpset = 17;
constexpr std::size_t kMost = 4096;         // nodes, and initializers
constexpr std::size_t kMostNumbers = 4;     // dimensions of an initializer
constexpr std::size_t kMostInputs = 256;    // of any operator
constexpr std::size_t kMostAttributes = 4;  // of any operator

void append(std::vector<std::int64_t>& numbers, std::uint64_t value, std::size_t most) {
  if (numbers.size() == most) refuse("too many numbers in a member");
  numbers.push_back(signed_of(value));
}

// Appends the numbers of a member that is packed or not.
void append(std::vector<std::int64_t>& numbers, const Member& member, std::size_t most) {
  if (member.wire == Wire::varint) return append(numbers, member.value, most);
  std::uint64_t value;
  for (Packed packed(member.data); packed.next(value);) append(numbers, value, most);
}

void check_opset(Bytes data) {
  std::optional<Bytes> domain;
  std::optional<std::uint64_t> version;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::bytes): once(domain, m.data); break;
      case key(2, Wire::varint): once(version, m.value); break;
      default: unknown(m, "opset");
    }
  }
  const std::uint64_t found = needed(version, "version of operators");
  const bool known = found >= kFirstOpset && found <= kLastOpset;
  if (!known || (domain && !domain->empty())) refuse("another version of ONNX than 13 to 17");
}

std::pair<std::string_view, Attribute> read_attribute(Bytes data) {
  std::optional<Bytes> name, f;
  std::optional<std::uint64_t> i, type;
  std::optional<std::vector<std::int64_t>> ints;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::bytes): once(name, m.data); break;
      case key(2, Wire::fixed32): once(f, m.data); break;
      case key(3, Wire::varint): once(i, m.value); break;
      case key(8, Wire::varint):
      case key(8, Wire::bytes):
        if (!ints) ints.emplace();
        append(*ints, m, kMostDimensions);
        break;
      case key(20, Wire::varint): once(type, m.value); break;
      default: unknown(m, "attribute");
    }
  }
  const std::uint64_t kind = needed(type, "type of an attribute");
  const bool said = (kind == 1 && f) || (kind == 2 && i) || kind == 7;
  const bool other = (f && kind != 1) || (i && kind != 2) || (ints && kind != 7);
  if (!said || other) refuse("an attribute of another kind than it says");
  Attribute attribute;
  if (f) std::memcpy(&attribute.f.emplace(), f->data(), sizeof(float));
  if (i) attribute.i = signed_of(*i);
  if (kind == 7) attribute.ints = ints ? std::move(*ints) : std::vector<std::int64_t>{};
  return {text(needed(name, "name of an attribute")), std::move(attribute)};
}

// Keeps empty names only where others follow: bytes of the file pay for what is kept.
void append(std::vector<std::string_view>& names, std::string_view name, std::size_t& left_out) {
  if (name.empty()) {
    ++left_out;
    return;
  }
  if (left_out >= kMostInputs || names.size() + left_out >= kMostInputs) {
    refuse("an operator that is given too much");
  }
  names.resize(names.size() + left_out);
  names.push_back(name);
  left_out = 0;
}

Node read_node(Bytes data) {
  Node node;
  std::size_t left_out = 0;
  std::optional<Bytes> output, name, op;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::bytes): append(node.inputs, text(m.data), left_out); break;
      case key(2, Wire::bytes): once(output, m.data); break;
      case key(3, Wire::bytes): once(name, m.data); break;
      case key(4, Wire::bytes): once(op, m.data); break;
      case key(5, Wire::bytes):
        if (node.attributes.size() == kMostAttributes) refuse("too many attributes");
        node.attributes.push_back(read_attribute(m.data));
        break;
      default: unknown(m, "node");
    }
  }
  for (auto a = node.attributes.begin(); a != node.attributes.end(); ++a) {
    const auto same = [a](const auto& other) { return other.first == a->first; };
    if (std::any_of(node.attributes.begin(), a, same)) refuse("an attribute twice");
  }
  node.op = text(needed(op, "operator"));
  node.output = text(needed(output, "output of a node"));
  return node;
}

Element element_of(std::uint64_t type) {
  if (type != 1 && type != 7 && type != 11) refuse("an array of another type");
  return static_cast<Element>(type);
}

// Whether so many bytes are what a shape asks for.
bool fits(const Shape& shape, std::size_t bytes, std::size_t size) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return bytes == 0;
  std::uint64_t left = bytes / size;
  if (bytes % size != 0) return false;
  for (const std::int64_t n : shape) {
    if (left % static_cast<std::uint64_t>(n) != 0) return false;
    left /= static_cast<std::uint64_t>(n);
  }
  return left == 1;
}

// Once, however many nodes gather by these numbers.
void find_ends(Initializer& found) {
  for (std::size_t at = 0; at < found.raw.size(); at += sizeof(std::int64_t)) {
    std::int64_t n;
    std::memcpy(&n, found.raw.data() + at, sizeof n);
    found.low = at == 0 ? n : std::min(found.low, n);
    found.high = at == 0 ? n : std::max(found.high, n);
  }
}

std::pair<std::string_view, Initializer> read_initializer(Bytes data) {
  Initializer found;
  std::optional<std::uint64_t> type;
  std::optional<Bytes> name, raw;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::varint):
      case key(1, Wire::bytes): append(found.shape, m, kMostNumbers); break;
      case key(2, Wire::varint): once(type, m.value); break;
      case key(8, Wire::bytes): once(name, m.data); break;
      case key(9, Wire::bytes): once(raw, m.data); break;
      default: unknown(m, "initializer");
    }
  }
  found.element = element_of(needed(type, "type of an initializer"));
  const auto negative = [](auto n) { return n < 0; };
  if (std::any_of(found.shape.begin(), found.shape.end(), negative)) {
    refuse("an initializer of a negative dimension");
  }
  found.raw = raw.value_or(Bytes{});
  const std::size_t size = found.element == Element::float32 ? 4 : 8;
  if (!fits(found.shape, found.raw.size(), size)) {
    refuse("an initializer of another length than its shape");
  }
  if (found.element == Element::int64) find_ends(found);
  return {text(needed(name, "name of an initializer")), std::move(found)};
}

std::int64_t read_dimension(Bytes data) {
  std::optional<std::uint64_t> value;
  std::optional<Bytes> parameter;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::varint): once(value, m.value); break;
      case key(2, Wire::bytes): once(parameter, m.data); break;
      default: unknown(m, "dimension");
    }
  }
  if ((value && parameter) || value.value_or(0) >> 63 != 0) {
    refuse("a dimension that is two things, or negative");
  }
  return value ? signed_of(*value) : kRows;
}

Shape read_shape(Bytes data) {
  Shape shape;
  Member m;
  for (Members members(data); members.next(m);) {
    if (key(m) != key(1, Wire::bytes)) unknown(m, "shape");
    if (shape.size() == 2) refuse("an end of more than two dimensions");
    shape.push_back(read_dimension(m.data));
  }
  return shape;
}

// The only member of a message.
Bytes only(Bytes data, const char* message) {
  std::optional<Bytes> found;
  Member m;
  for (Members members(data); members.next(m);) {
    if (key(m) != key(1, Wire::bytes)) unknown(m, message);
    once(found, m.data);
  }
  return needed(found, message);
}

void read_tensor_type(Bytes data, End& end) {
  std::optional<std::uint64_t> element;
  std::optional<Bytes> shape;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::varint): once(element, m.value); break;
      case key(2, Wire::bytes): once(shape, m.data); break;
      default: unknown(m, "tensor_type");
    }
  }
  end.element = element_of(needed(element, "type of an end"));
  if (!is_float(end.element)) refuse("an end that is not of floats");
  end.shape = read_shape(needed(shape, "shape"));
}

End read_end(Bytes data) {
  End end;
  std::optional<Bytes> name, type;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::bytes): once(name, m.data); break;
      case key(2, Wire::bytes): once(type, m.data); break;
      default: unknown(m, "end");
    }
  }
  read_tensor_type(only(needed(type, "type of an end"), "type"), end);
  end.name = text(needed(name, "name of an end"));
  return end;
}

Model read_graph(Bytes data) {
  Model model;
  std::optional<Bytes> name, input, output;
  Member m;
  for (Members members(data); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::bytes):
        if (model.nodes.size() == kMost) refuse("more than 4096 nodes");
        model.nodes.push_back(read_node(m.data));
        break;
      case key(2, Wire::bytes): once(name, m.data); break;
      case key(5, Wire::bytes):
        if (model.initializers.size() == kMost) refuse("more than 4096 initializers");
        if (!model.initializers.insert(read_initializer(m.data)).second) {
          refuse("two initializers of one name");
        }
        break;
      case key(11, Wire::bytes): once(input, m.data); break;
      case key(12, Wire::bytes): once(output, m.data); break;
      default: unknown(m, "graph");
    }
  }
  model.input = read_end(needed(input, "input"));
  model.output = read_end(needed(output, "output"));
  return model;
}

}  // namespace

Model read_model(Bytes onnx) {
  std::optional<std::uint64_t> version;
  std::optional<Bytes> producer, its_version, graph, opset;
  Member m;
  for (Members members(onnx); members.next(m);) {
    switch (key(m)) {
      case key(1, Wire::varint): once(version, m.value); break;
      case key(2, Wire::bytes): once(producer, m.data); break;
      case key(3, Wire::bytes): once(its_version, m.data); break;
      case key(7, Wire::bytes): once(graph, m.data); break;
      case key(8, Wire::bytes): once(opset, m.data); break;
      default: unknown(m, "model");
    }
  }
  if (needed(version, "ir_version") != kVersion) refuse("another ir_version than 8");
  check_opset(needed(opset, "opset"));
  return read_graph(needed(graph, "graph"));
}

}  // namespace rootae
