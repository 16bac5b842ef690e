// Features, diagrams, outputs, and a network that is written here byte by byte.
#include <cstring>
#include <string>
#include <vector>

#include "check.hpp"
#include "contexts/diagram.hpp"
#include "contexts/features.hpp"
#include "contexts/network.hpp"
#include "contexts/outputs.hpp"
#include "contexts/protobuf.hpp"
#include "error.hpp"

using namespace rootae;

namespace {

using Codes = std::vector<std::int64_t>;

Bytes bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string varint(std::uint64_t value) {
  std::string text;
  for (; value > 0x7F; value >>= 7) text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}

std::string number(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}
std::string part(unsigned field, const std::string& data) {
  return varint(field << 3 | 2) + varint(data.size()) + data;
}

std::string end(const char* name, std::uint64_t units) {
  const std::string shape = part(1, number(1, units)) + part(1, "");
  return part(1, name) + part(2, part(1, number(1, 1) + part(2, shape)));
}

std::string floats(const char* name, const std::vector<unsigned>& dims, std::vector<float> data) {
  std::string made;
  for (const unsigned n : dims) made += number(1, n);
  std::string raw(data.size() * sizeof(float), '\0');
  if (!raw.empty()) std::memcpy(&raw[0], data.data(), raw.size());
  return made + number(2, 1) + part(8, name) + part(9, raw);
}

// y = W x for W = ((1, 2), (0, -1), (3, 0)).
std::string graph() {
  const std::string node = part(1, "W") + part(1, "x") + part(2, "y") + part(4, "MatMul");
  return part(1, node) + part(5, floats("W", {3, 2}, {1, 2, 0, -1, 3, 0})) + part(11, end("x", 2)) +
         part(12, end("y", 3));
}

std::string model(const std::string& graph) {
  return number(1, 8) + part(7, graph) + part(8, number(2, 17));
}

void test_wire() {
  std::uint64_t value = 0;
  const std::string most = std::string(9, '\xff') + '\x01';
  Packed whole(bytes(most));
  CHECK(whole.next(value) && value == UINT64_MAX && !whole.next(value));
  CHECK(signed_of(value) == -1);
  for (const auto& bad : {std::string(9, '\xff') + '\x02', std::string(10, '\x80') + '\x01',
                          std::string("\x80"), std::string(3, '\xff')}) {
    REFUSED(Packed(bytes(bad)).next(value), corrupt);
  }
  Member member;
  const std::string pair = std::string("\x0a\x02hi\x10\x05", 6);
  Members members(bytes(pair));
  CHECK(members.next(member) && member.number == 1 && member.data.size() == 2);
  CHECK(members.next(member) && member.number == 2 && member.value == 5);
  CHECK(!members.next(member));
  for (const std::string bad : {"\x0a\x03hi", "\x0b", "\x8a\x80\x00", "\x02\x00", "\x80\x02\x01",
                                "\x88\x00\x05", "\x0d\x01\x02"}) {
    REFUSED(Members(bytes(bad)).next(member), corrupt);
  }
}

void test_network() {
  const std::string onnx = model(graph());
  const Network network(bytes(onnx));
  CHECK(network.inputs() == 2 && network.outputs() == 3);
  const std::vector<float> a(1000, 5), b(1000, 7);
  const float* inputs[] = {a.data(), b.data()};
  std::vector<float> y(3000);
  network.run(Span<const float* const>(inputs, 2), 1000, Span<float>(y));
  CHECK(y[0] == 19 && y[999] == 19 && y[1000] == -7 && y[2999] == 15);
  std::vector<double> wide(3000);
  REFUSED(network.run(Span<const float* const>(inputs, 2), 1000, Span<double>(wide)), corrupt);
  REFUSED(network.run(Span<const float* const>(inputs, 1), 1000, Span<float>(y)), corrupt);
  for (std::size_t size = 0; size < onnx.size(); ++size) {
    REFUSED(Network(bytes(onnx).part(0, size)), corrupt);
  }
}

void test_refusals() {
  const std::string right = graph();
  const auto other = [&](const std::string& from, const std::string& to) {
    std::string changed = right;
    changed.replace(changed.find(from), from.size(), to);
    return model(changed);
  };
  Network{bytes(model(right))};
  REFUSED(Network(bytes(other("MatMul", "MatMal"))), corrupt);
  REFUSED(Network(bytes(other("MatMul", "ArgMax"))), corrupt);
  REFUSED(Network(bytes(model(right + part(15, "")))), corrupt);
  REFUSED(Network(bytes(model(right + part(5, floats("W", {0}, {}))))), corrupt);
  REFUSED(Network(bytes(model(right + part(5, floats("V", {1U << 31, 1U << 31, 4}, {}))))), corrupt);
  Network{bytes(model(right + part(5, floats("V", {0, 1U << 24, 1U << 24}, {}))))};
  REFUSED(Network(bytes(model(right + part(5, floats("V", {0, (1U << 24) + 1}, {}))))), corrupt);
  REFUSED(Network(bytes(number(1, 9) + part(7, right) + part(8, number(2, 17)))), corrupt);
  REFUSED(Network(bytes(number(1, 8) + part(7, right) + part(8, number(2, 18)))), corrupt);
}

void test_edges_of_any_span() {
  for (const std::int64_t front : {INT64_MIN, INT64_MIN + 1, INT64_MIN + 2}) {
    for (const std::int64_t back : {INT64_MAX, INT64_MAX - 1}) {
      std::uint8_t x[4];
      EdgeLookup(Codes{front, back}).look(Codes{INT64_MIN, 0, INT64_MAX - 1, INT64_MAX}, x);
      CHECK(x[0] == (front == INT64_MIN ? 1 : 0) && x[1] == 1 && x[3] == 2);
      CHECK(x[2] == (back == INT64_MAX ? 1 : 2));
    }
  }
}

// Where a code lies among edges, by counting.
std::uint8_t count(const Codes& edges, std::int64_t code) {
  std::uint8_t found = 0;
  for (const std::int64_t edge : edges) found = static_cast<std::uint8_t>(found + (edge <= code));
  return found;
}

void test_codes_of_32_bits() {
  const Codes all[] = {{0, 16382},     {0, 16381},          {7},
                       {-5, -5, 40},   {INT32_MIN, 0, 9},   {INT32_MIN, INT32_MAX},
                       {0, 1, 2, 1 << 30}, {-(std::int64_t{1} << 40), 5}, {0, INT64_MAX}};
  for (const Codes& edges : all) {
    std::vector<std::int32_t> codes{INT32_MIN, INT32_MAX, 0, -1, 1 << 30};
    for (const std::int64_t edge : edges)
      for (std::int64_t code = edge - 2; code <= edge && edge < INT64_MAX; ++code)
        codes.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(code + 1)));
    codes.resize(300, -3);
    const Codes wide(codes.begin(), codes.end());
    std::vector<std::uint8_t> narrow(codes.size()), same(codes.size());
    const EdgeLookup lookup(edges);
    lookup.look(Span<const std::int32_t>(codes), narrow.data());
    lookup.look(wide, same.data());
    for (std::size_t i = 0; i < codes.size(); ++i)
      CHECK(narrow[i] == count(edges, codes[i]) && same[i] == narrow[i]);
  }
}

void test_features() {
  const Codes edges = {4, 6, 6, 9}, codes = {3, 4, 5, 6, 8, 9, 10, INT64_MIN, INT64_MAX};
  std::vector<std::uint8_t> x(codes.size());
  EdgeLookup(edges).look(codes, x.data());
  CHECK((x == std::vector<std::uint8_t>{0, 1, 1, 3, 3, 4, 4, 0, 4}));
  const Codes far = {INT64_MIN, -5, 0, 1, INT64_MAX};
  EdgeLookup(far).look(codes, x.data());
  CHECK((x == std::vector<std::uint8_t>{4, 4, 4, 4, 4, 4, 4, 1, 5}));
  REFUSED(EdgeLookup(Codes{2, 1}), corrupt);
  std::vector<std::int64_t> digits(codes.size());
  look_at_digit(Digit{4, 1, 2}, codes, digits.data());
  CHECK((digits == Codes{0, 0, 0, 1, 2, 2, 2, 0, 2}));
  look_at_digit(Digit{INT64_MIN, 63, 3}, codes, digits.data());
  CHECK((digits == Codes{1, 1, 1, 1, 1, 1, 1, 0, 1}));
  std::vector<float> raw(codes.size());
  REFUSED(look_at_raw(codes, raw.data()), corrupt);
  look_at_raw(Codes{-(1 << 24), 3, 1 << 24}, raw.data());
  CHECK(raw[0] == -16777216.0F && raw[1] == 3 && raw[2] == 16777216.0F);
}

void test_diagram() {
  const Codes first = {1, 0}, second = {7, 8, 200, 255}, edges = {5};
  const Span<const std::int64_t> tables[] = {first, second};
  const std::size_t widths[] = {2, 2};
  const std::uint64_t most[] = {highest(first), highest(second)}, over[] = {1, 256};
  CHECK(most[0] == 1 && most[1] == 255 && highest(Codes{3, -1, 4}) == UINT64_MAX);
  const DiagramTables diagram({tables, 2}, {widths, 2}, {most, 2});
  CHECK(diagram.contexts() == 256);
  const EdgeLookup lookup(edges);
  const Codes a = {0, 9, 9, 0};
  const std::vector<std::int32_t> narrow = {0, 0, 9, 9};
  const Span<const std::int64_t> wide = a;
  const Seen inputs[] = {{wide, &lookup, nullptr}, {Span<const std::int32_t>(narrow), &lookup, nullptr}};
  std::vector<std::uint8_t> contexts(4);
  diagram.follow({inputs, 2}, contexts);
  CHECK((contexts == std::vector<std::uint8_t>{200, 7, 8, 255}));
  const Codes few = {7, 8, 200}, many = {0, 1, 2, 256};
  const Span<const std::int64_t> bad[] = {first, few}, high[] = {first, many};
  REFUSED(DiagramTables({bad, 2}, {widths, 2}, {most, 2}), corrupt);
  REFUSED(DiagramTables({high, 2}, {widths, 2}, {over, 2}), corrupt);
}

void test_outputs() {
  const Codes location = {1, 500}, scale = {3};
  const OutputContexts found(location, scale);
  CHECK(found.count() == 6);
  const std::vector<float> l = {0, 1, 499, 500, 1023}, s = {2, 3, 0, 1023, 2};
  std::vector<std::uint8_t> contexts(5);
  found.contexts(Span<const float>(l), Span<const float>(s), contexts.data());
  CHECK((contexts == std::vector<std::uint8_t>{0, 4, 1, 5, 2}));
  Codes codes(5);
  OutputCodes(location).codes(Span<const float>(l), codes.data());
  CHECK((codes == Codes{0, 1, 1, 2, 2}));
  for (const float bad : {-1.0F, 0.5F, 1024.0F, 1e30F}) {
    REFUSED(check_outputs(Span<const float>(&bad, 1)), corrupt);
  }
}

}  // namespace

int main() {
  test_wire();
  test_network();
  test_refusals();
  test_edges_of_any_span();
  test_codes_of_32_bits();
  test_features();
  test_diagram();
  test_outputs();
  return 0;
}
