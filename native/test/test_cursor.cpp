#include "cursor.hpp"

#include <limits>

#include "check.hpp"
#include "error.hpp"
#include "stored.hpp"

using namespace rootae;

namespace {

std::uint64_t read(const Blob& data) { return Cursor(data).varint(); }

void varints() {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t value : std::initializer_list<std::uint64_t>{0, 127, 128, 300, most}) {
    CHECK(read(varint(value)) == value);
  }
  CHECK((varint(300) == Blob{0xAC, 0x02}));
  REFUSED(read({}), corrupt);
  REFUSED(read({0x80}), corrupt);
  REFUSED(read({0x80, 0x00}), corrupt);                         // longer than it has to be
  Blob long_one(9, 0xFF);
  long_one.push_back(0x01);
  CHECK(read(long_one) == ~std::uint64_t{0});
  long_one.back() = 0x02;
  REFUSED(read(long_one), corrupt);                             // 2^64 and more
  long_one.back() = 0x81;
  long_one.push_back(0x00);
  REFUSED(read(long_one), corrupt);
}

void svarints() {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1},
                                   std::int64_t{-5}, least, -(least + 1)}) {
    CHECK(Cursor(svarint(value)).svarint() == value);
  }
  CHECK((svarint(-5) == Blob{9}));
}

void taking() {
  const Blob data{1, 2, 3, 4, 5};
  Cursor cursor(data);
  CHECK(cursor.byte() == 1);
  const Bytes two = cursor.string();
  CHECK(two.size() == 2 && two[0] == 3 && two[1] == 4);
  REFUSED(cursor.take(2), corrupt);
  REFUSED(cursor.take(~std::uint64_t{0}), corrupt);
  CHECK(cursor.rest().size() == 1);
  CHECK(cursor.rest().empty());
  REFUSED(cursor.byte(), corrupt);
}

void joins() {
  const Blob data = join({{7, 8}, {}, {9}});
  const auto parts = split(data);
  CHECK(parts.size() == 3);
  CHECK(parts[0].size() == 2 && parts[0][1] == 8 && parts[1].empty() && parts[2][0] == 9);
  CHECK(split(join({})).empty());
  for (std::size_t size = 0; size < data.size(); ++size) {
    REFUSED(split(Bytes(data.data(), size)), corrupt);
  }
  Blob more = data;
  more.push_back(0);
  REFUSED(split(more), corrupt);
  REFUSED(split(varint(~std::uint64_t{0})), corrupt);
  Blob wide = varint(1);
  append(wide, varint(~std::uint64_t{0}));
  REFUSED(split(wide), corrupt);
}

}  // namespace

int main() {
  varints();
  svarints();
  taking();
  joins();
}
