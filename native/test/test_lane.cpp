#include "lane.hpp"

#include "check.hpp"
#include "error.hpp"
#include "stored.hpp"

using namespace rootae;

namespace {

using Integers = std::vector<std::int64_t>;

StoredLane stored(Mode mode, const Blob& blob, std::size_t rows, Type type) {
  return {static_cast<std::uint8_t>(mode), blob, rows, type, false, {}, {}, {}};
}

Integers read(const StoredLane& lane) {
  Integers codes(lane.rows, -99);
  decode_lane(lane, unpack, codes);
  return codes;
}

// `x` of FORMAT.md's example, its frame of one stored block.
Blob example() {
  Blob blob{0x01, 0x02, 0x00, 0x04};
  const Blob nan = frame({0x00, 0x00, 0xC0, 0x7F});
  append(blob, varint(nan.size()));
  append(blob, nan);
  append(blob, {0x00, 0x01, 0x09, 0x02, 0x04, 0x01, 0x00, 0x10, 0x00, 0x00, 0x00, 0x18, 0x46,
                0x01});
  return blob;
}

void escapes() {
  const Blob blob = example();
  Integers codes(3);
  const auto found = decode_lane(stored(Mode::plain, blob, 3, Type::float32), unpack, codes);
  CHECK(found.applies == Applies::grid && codes[0] == 1 && codes[1] == -5);
  CHECK((found.escapes.rows == Integers{2}));
  CHECK(found.escapes.values.size() == 4);
  float values[3] = {1, 2, 3};
  found.escapes.put_into({Type::float32, reinterpret_cast<std::uint8_t*>(values), 3});
  CHECK(values[1] == 2 && values[2] != values[2]);
  REFUSED(read(stored(Mode::plain, blob, 3, Type::float64)), corrupt);
}

void wrong_escapes() {
  for (std::size_t size = 0; size < example().size(); ++size) {
    Blob cut = example();
    cut.resize(size);
    REFUSED(read(stored(Mode::plain, cut, 3, Type::float32)), corrupt);
  }
  Blob blob = example();
  REFUSED(read(stored(Mode::plain, blob, 2, Type::float32)), corrupt);  // the row is 2
  blob[3] = 0x01;
  REFUSED(read(stored(Mode::plain, blob, 3, Type::float32)), corrupt);  // -1
  REFUSED(read(stored(Mode::plain, varint(4), 3, Type::float32)), corrupt);
  REFUSED(read(stored(Mode::plain, varint(~std::uint64_t{0}), 3, Type::float32)), corrupt);
}

void shifts() {
  CHECK((read(stored(Mode::plain, {0, 3, 0, 2}, 2, Type::int32)) == Integers{8, 8}));
  CHECK((read(stored(Mode::plain, {0, 3, 0, 1}, 2, Type::int32)) == Integers{-1, -1}));
  CHECK((read(stored(Mode::plain, {0, 3, 0, 3}, 1, Type::int32)) == Integers{-9}));
  REFUSED(read(stored(Mode::plain, {0, 64, 0, 2}, 2, Type::int32)), corrupt);
  // 2^31 on the grid `bits` of float32 is modulo 2^32, signed
  Blob blob{0, 31, 0, 2};
  StoredLane lane = stored(Mode::plain, blob, 1, Type::float32);
  CHECK((read(lane) == Integers{std::int64_t{1} << 31}));
  lane.by_bits = true;
  CHECK((read(lane) == Integers{-(std::int64_t{1} << 31)}));
}

void centres() {
  const Integers centre{-5, 5, 7};
  Blob blob{0, 1, 0, 2};
  StoredLane lane = stored(Mode::centred, blob, 3, Type::int64);
  REFUSED(read(lane), corrupt);
  lane.centre = Span<const std::int64_t>(centre);
  CHECK((read(lane) == Integers{-3, 6, 8}));  // 1 + centre >> 1 is -2, 3, 4
  lane.mode = static_cast<std::uint8_t>(Mode::plain);
  CHECK((read(lane) == Integers{2, 2, 2}));
  lane.rows = 2;
  lane.mode = static_cast<std::uint8_t>(Mode::centred);
  REFUSED(read(lane), argument);
}

void centres_of_32_bits() {
  const Integers centre{-5, 5, 7, std::int64_t{1} << 40};
  const Blob plain{0, 0, 0, 2}, shifted{0, 1, 0, 2};
  StoredLane lane = stored(Mode::centred, plain, 4, Type::float64);
  lane.centre = Span<const std::int64_t>(centre);
  CHECK((read(lane) == Integers{-4, 6, 8, (std::int64_t{1} << 40) + 1}));
  lane.rows = 3;
  lane.centre = Span<const std::int64_t>(centre.data(), 3);
  lane.least = -5;
  lane.most = 7;
  CHECK((read(lane) == Integers{-4, 6, 8}));
  const std::vector<std::int32_t> narrow{-5, 5, 7};
  lane.centre = Span<const std::int32_t>(narrow);
  CHECK((read(lane) == Integers{-4, 6, 8}));
  lane.least = INT64_MIN;  // codes of 64 bits, a centre of 32
  CHECK((read(lane) == Integers{-4, 6, 8}));
  lane.type = Type::float32;
  lane.by_bits = true;
  lane.blob = shifted;
  CHECK((read(lane) == Integers{-3, 6, 8}));  // as above
}

void contexts() {
  const std::vector<std::uint16_t> of{900, 3, 900};
  const Integers centre{10, 20, 30};
  Blob blob{0, 0, 0};
  append(blob, join({{0, 2}, {0, 4}}));
  StoredLane lane = stored(Mode::contexts, blob, 3, Type::int64);
  REFUSED(read(lane), corrupt);
  lane.contexts = Span<const std::uint16_t>(of);
  CHECK((read(lane) == Integers{2, 1, 2}));
  lane.centre = Span<const std::int64_t>(centre);
  CHECK((read(lane) == Integers{12, 21, 32}));
}

void without_codes() {
  const Integers predicted{4, 5};
  const Blob none{0}, more{0, 0};
  StoredLane lane = stored(Mode::predicted, none, 2, Type::float64);
  REFUSED(read(lane), corrupt);
  lane.predicted = Span<const std::int64_t>(predicted);
  CHECK(read(lane) == predicted);
  lane.mode = static_cast<std::uint8_t>(Mode::derived);
  CHECK((read(lane) == Integers{-99, -99}));
  lane.blob = more;
  REFUSED(read(lane), corrupt);
  lane.mode = 6;
  REFUSED(read(lane), corrupt);
}

void bits() {
  const Blob blob{0, 0, 0, 2};
  StoredLane lane = stored(Mode::bits, blob, 1, Type::float64);
  Integers codes(1);
  CHECK(decode_lane(lane, unpack, codes).applies == Applies::bits && codes[0] == 1);
  lane.type = Type::int64;
  REFUSED(read(lane), corrupt);
}

}  // namespace

int main() {
  escapes();
  wrong_escapes();
  shifts();
  centres();
  centres_of_32_bits();
  contexts();
  without_codes();
  bits();
}
