#include "streams/stream.hpp"

#include "check.hpp"
#include "error.hpp"
#include "stored.hpp"
#include "streams/bits.hpp"
#include "streams/runs.hpp"

using namespace rootae;

namespace {

using Integers = std::vector<std::int64_t>;

Integers read(const Blob& data, std::size_t n) {
  Integers out(n);
  decode_stream(data, unpack, out);
  return out;
}

Blob of_kind(std::uint8_t kind, std::int64_t low, const Blob& body) {
  Blob out{kind};
  append(out, svarint(low));
  append(out, body);
  return out;
}

// Bits as pages have them, the least significant one first.
struct BitWriter {
  Blob bytes;
  unsigned filled = 8;  // bits of the last byte

  void put(std::uint64_t value, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i, ++filled) {
      if (filled == 8) {
        bytes.push_back(0);
        filled = 0;
      }
      bytes.back() = static_cast<std::uint8_t>(bytes.back() | (value >> i & 1) << filled);
    }
  }
  void to_byte() { filled = 8; }
};

// The pages of FORMAT.md's example.
void example() {
  const Blob x{0x01, 0x09, 0x02, 0x04, 0x01, 0x00, 0x10, 0x00, 0x00, 0x00, 0x18, 0x46, 0x01};
  const Blob pt{0x01, 0xB4, 0x54, 0x02, 0x04, 0x01, 0x00, 0x10, 0x00, 0x00, 0x00, 0x30, 0x15, 0xF0,
                0x02};
  const Integers codes = read(x, 3);
  CHECK(codes[0] == 1 && codes[1] == -5);
  CHECK((read(pt, 3) == Integers{5423, 5402, 5449}));
  for (std::size_t size = 0; size < pt.size(); ++size) {
    REFUSED(read(Blob(pt.begin(), pt.begin() + static_cast<std::ptrdiff_t>(size)), 3), corrupt);
  }
  Blob more = pt;
  more.push_back(0);
  REFUSED(read(more, 3), corrupt);
  REFUSED(read(pt, 2), corrupt);
}

void constants() {
  CHECK((read({0x00, 0x0E}, 3) == Integers{7, 7, 7}));
  CHECK(read({0, 0}, 0).empty());
  REFUSED(read({0, 2}, 0), corrupt);
  REFUSED(read({0, 0x0E, 0}, 3), corrupt);
  REFUSED(read({5, 0}, 3), corrupt);
  REFUSED(read({}, 0), corrupt);
  CHECK(read({0, 1}, 700) == Integers(700, -1));
}

void frames() {
  CHECK((read(of_kind(2, -3, frame({0, 255, 7})), 3) == Integers{-3, 252, 4}));
  REFUSED(read(of_kind(2, -3, frame({0, 255, 7})), 2), corrupt);
  REFUSED(read(of_kind(2, -3, frame({0, 255, 7})), 4), corrupt);
  REFUSED(read(of_kind(2, -3, frame({0, 255, 7})), 1U << 20), corrupt);
  CHECK((read(of_kind(3, 1, frame({0xA1, 0x80})), 9) == Integers{2, 1, 2, 1, 1, 1, 1, 2, 2}));
  Blob two = of_kind(2, 0, frame({1}));
  append(two, frame({}));
  REFUSED(read(two, 1), corrupt);
  Integers out(3);
  REFUSED(decode_stream(of_kind(2, 0, frame({1, 2, 3})), nullptr, out), argument);
}

// Consecutive differences of 16 bits without bins: moments say everything.
Blob moments_only(std::uint64_t order, std::initializer_list<std::uint64_t> moments) {
  BitWriter bits;
  bits.put(0x0104, 16);
  bits.put(0x10, 8);
  bits.put(order, 4);
  bits.put(0, 4 + 15);
  bits.to_byte();
  for (const auto moment : moments) bits.put(moment, 16);
  Blob body{2};
  append(body, bits.bytes);
  return body;
}

void moments() {
  const Blob data = of_kind(1, 0, moments_only(2, {5, 65535}));
  CHECK((read(data, 1) == Integers{5}));
  CHECK((read(data, 2) == Integers{5, 4}));
  REFUSED(read(data, 3), corrupt);  // no bins
  REFUSED(read(of_kind(1, 0, moments_only(8, {})), 1), corrupt);
  REFUSED(read(of_kind(1, 0, moments_only(0, {})), 1), corrupt);
}

// Steps of one order that are half of the range more than their bin says.
void toggled_middle() {
  BitWriter bits;
  bits.put(0x0104, 16);
  bits.put(0x10, 8);
  bits.put(1, 4);
  bits.put(0, 4);
  bits.put(1, 15);
  bits.put(0x8003, 16);
  bits.put(0, 5);
  bits.to_byte();
  bits.put(65530, 16);
  Blob body{2};
  append(body, bits.bytes);
  CHECK((read(of_kind(1, 0, body), 4) == Integers{65530, 65533, 0, 3}));
  CHECK(read(of_kind(1, 0, body), 258).back() == (65530 + 3 * 257) % 65536);
}

// Two bins of 1 and 3 states of 4.
Blob two_bins(std::uint64_t weight, std::uint64_t offset) {
  BitWriter bits;
  bits.put(0x0104, 16);
  bits.put(0, 8);
  bits.put(2, 4);
  bits.put(2, 15);
  for (const auto& [w, low] : {std::pair{weight, 100}, std::pair{std::uint64_t{3}, 200}}) {
    bits.put(w - 1, 2);
    bits.put(static_cast<std::uint64_t>(low), 16);
    bits.put(offset, 5);
  }
  bits.to_byte();
  for (const unsigned state : {0U, 1U, 2U, 3U}) bits.put(state, 2);
  bits.to_byte();
  // S = 3: the bins of the states 0, 3, 2, 1 are 0, 1, 1, 1.
  bits.put(0, 2 + 1);  // what leads on from the states 0 and 1; 2 and 3 need no bits
  Blob body{2};
  append(body, bits.bytes);
  return body;
}

void bins() {
  const Integers four = read(of_kind(1, 0, two_bins(1, 0)), 4);
  CHECK((four == Integers{100, 200, 200, 200}));
  REFUSED(read(of_kind(1, 0, two_bins(2, 0)), 4), corrupt);   // 5 weights of 4 states
  REFUSED(read(of_kind(1, 0, two_bins(1, 17)), 4), corrupt);  // of 16 bits
}

// A body of numbers of 16 bits, all of them offsets of one bin.
Blob page_of(std::initializer_list<std::uint64_t> numbers) {
  BitWriter bits;
  bits.put(0x0104, 16);
  bits.put(0, 8 + 4);
  bits.put(1, 15);
  bits.put(0, 16);
  bits.put(16, 5);
  bits.to_byte();
  for (const auto number : numbers) bits.put(number, 16);
  Blob body{2};
  append(body, bits.bytes);
  return body;
}

Blob dictionary(std::uint64_t k, const Blob& values, std::uint8_t kind, const Blob& indices) {
  Blob body = varint(k);
  append(body, varint(values.size()));
  append(body, values);
  body.push_back(kind);
  append(body, indices);
  return of_kind(4, -100, body);
}

void dictionaries() {
  const Blob values = page_of({100, 40000});
  CHECK((read(of_kind(1, 0, values), 2) == Integers{100, 40000}));
  const Integers wanted{39900, 0, 0};
  CHECK(read(dictionary(2, values, 2, frame({1, 0, 0})), 3) == wanted);
  CHECK(read(dictionary(2, values, 3, frame({0x80})), 3) == wanted);
  CHECK(read(dictionary(2, values, 1, page_of({1, 0, 0})), 3) == wanted);
  REFUSED(read(dictionary(2, values, 2, frame({1, 2, 0})), 3), corrupt);
  REFUSED(read(dictionary(1, values, 2, frame({0, 0, 0})), 3), corrupt);
  REFUSED(read(dictionary(3, values, 2, frame({0, 0, 0})), 3), corrupt);
  REFUSED(read(dictionary(0, values, 2, frame({0, 0, 0})), 3), corrupt);
  REFUSED(read(dictionary(4, page_of({1, 2, 3, 4}), 2, frame({0, 0, 0})), 3), corrupt);
  REFUSED(read(dictionary(2, values, 0, {}), 3), corrupt);
  REFUSED(read(dictionary(2, values, 4, {}), 3), corrupt);
}

void runs() {
  const std::vector<std::uint8_t> contexts{4, 1, 4, 5};
  Integers out(4);
  Blob data{0};
  append(data, join({{0, 2}, of_kind(2, 10, frame({0, 1})), {0, 4}}));
  decode_runs(data, Span<const std::uint8_t>(contexts), unpack, out);
  CHECK((out == Integers{10, 1, 11, 2}));
  data[0] = 1;  // 2, 0, 2, 2: two contexts
  REFUSED(decode_runs(data, Span<const std::uint8_t>(contexts), unpack, out), corrupt);
  data[0] = 9;
  REFUSED(decode_runs(data, Span<const std::uint8_t>(contexts), unpack, out), corrupt);
  const Blob none{0, 0};
  decode_runs(none, Span<const std::uint16_t>(), unpack, {});
}

// Rows that are gone through from several places, in so many contexts of any width.
template <class C>
void many_runs(std::size_t rows, unsigned contexts, unsigned merged, std::int64_t low) {
  std::vector<C> of(rows);
  std::vector<Blob> values((contexts - 1) / (1U << merged) + 1);
  Integers wanted(rows), out(rows);
  std::uint32_t draw = 1;
  for (std::size_t i = 0; i < rows; ++i) {
    draw = draw * 1664525 + 1013904223;
    of[i] = static_cast<C>((draw >> 8) % contexts);
    const auto value = static_cast<std::uint8_t>(draw >> 24);
    values[of[i] >> merged].push_back(value);
    wanted[i] = low + value;
  }
  std::vector<Blob> streams;
  for (const Blob& some : values)
    if (!some.empty()) streams.push_back(of_kind(2, low, frame(some)));
  Blob data{static_cast<std::uint8_t>(merged)};
  append(data, join(streams));
  decode_runs(data, Span<const C>(of), unpack, out);
  CHECK(out == wanted);
}

void long_runs() {
  for (const std::size_t rows : {1024U, 1025U, 1031U, 9001U, 40000U}) {
    for (const unsigned contexts : {1U, 3U, 48U, 49U, 256U}) {
      many_runs<std::uint8_t>(rows, contexts, 0, -100);
      many_runs<std::uint8_t>(rows, contexts, 2, std::int64_t{1} << 40);
      many_runs<std::uint16_t>(rows, contexts + 700, 3, 5);
    }
  }
}

void reading_bits() {
  const Blob data{0xFF, 0x01, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  Bits bits(data);
  CHECK(bits.take(9) == 0x1FF);
  CHECK(bits.take(0) == 0);
  REFUSED(bits.take(64 + 24), corrupt);
  bits.to_byte();
  CHECK(bits.take(64) == 0x0706050403020180);
  CHECK(bits.ahead(1000)[0] == 8);
  bits.pass(9);
  CHECK(bits.skipped() == 1 && bits.ahead(1000)[0] == 9);
  REFUSED(bits.to_byte(), corrupt);
  REFUSED(bits.pass(1), corrupt);
}

}  // namespace

int main() {
  example();
  constants();
  frames();
  moments();
  toggled_middle();
  bins();
  dictionaries();
  runs();
  long_runs();
  reading_bits();
}
