#include "streams/zstd.hpp"

#include <string>

#include "cursor.hpp"
#include "error.hpp"

namespace rootae {

namespace {

constexpr std::uint64_t kBlock = 1 << 17;  // bytes that a block holds at most
constexpr unsigned kRepeated = 1;          // a block of one byte, many times

std::uint64_t number(Bytes bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

// Passes over one frame: zstd itself takes any number of them, and others, for one.
//   returns how many bytes its blocks may hold
std::uint64_t pass_frame(Cursor& cursor) {
  hold(number(cursor.take(4)) == 0xFD2FB528,
       "no zstd frame stands where one must: the file is damaged");
  const unsigned about = cursor.byte(), alone = about >> 5 & 1;
  cursor.take(1 - alone);
  constexpr unsigned dictionaries[] = {0, 1, 2, 4};
  hold(number(cursor.take(dictionaries[about & 3])) == 0,
       "a zstd frame needs a dictionary: the file is damaged");
  const unsigned contents[] = {alone, 2, 4, 8};
  cursor.take(contents[about >> 6]);
  std::uint64_t block = 0, most = 0;
  while ((block & 1) == 0) {
    block = number(cursor.take(3));
    cursor.take((block >> 1 & 3) == kRepeated ? 1 : block >> 3);
    most += kBlock;
  }
  cursor.take(4 * (about >> 2 & 1));
  return most;
}

}  // namespace

std::vector<std::uint8_t> decompress(Zstd zstd, Bytes data, std::size_t size) {
  if (zstd == nullptr) throw Error(ErrorKind::argument, "no function was given that reads zstd");
  Cursor cursor(data);
  const std::uint64_t most = pass_frame(cursor);
  hold(cursor.rest().empty(), "bytes follow a zstd frame: the file is damaged");
  if (size > most) {
    corrupt("a zstd frame cannot hold " + std::to_string(size) + " bytes: the file is damaged");
  }
  std::vector<std::uint8_t> out(size + 1);  // one more, so that too many are seen
  const std::size_t got = zstd(data.data(), data.size(), out.data(), out.size());
  if (got != size) {
    corrupt("a zstd frame does not hold " + std::to_string(size) + " bytes: the file is damaged");
  }
  out.resize(size);
  return out;
}

}  // namespace rootae
