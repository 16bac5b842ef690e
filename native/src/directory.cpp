#include "directory.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "crc32.hpp"
#include "error.hpp"
#include "little_endian.hpp"

namespace rootae {
namespace {

constexpr std::size_t id_bytes = 32;
constexpr std::uint64_t entries_below = std::uint64_t{1} << 40;
constexpr std::uint64_t rows_at_most = std::uint64_t{1} << 31;

// Reads numbers one behind the other; the length was checked.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : at_(bytes.data()) {}

  template <class T>
  void read(std::vector<T>& into, std::size_t count) {
    into.resize(count);
    if (count > 0) std::memcpy(into.data(), at_, count * sizeof(T));
    at_ += count * sizeof(T);
  }

 private:
  const std::uint8_t* at_;
};

std::uint32_t number(Bytes head, std::size_t at) {
  std::uint32_t found = 0;
  std::memcpy(&found, head.data() + at, sizeof found);
  return found;
}

}  // namespace

Beginning beginning(Bytes head) {
  std::uint64_t entries = entries_below;
  if (head.size() >= id_bytes + sizeof entries)
    std::memcpy(&entries, head.data() + id_bytes, sizeof entries);
  hold(entries < entries_below, "a block has an impossible number of entries: the file is damaged");
  return {head.part(0, id_bytes), entries};
}

Directory::Directory(Bytes head, const Layout& layout) : entries(beginning(head).entries) {
  const std::size_t groups = layout.groups(), blobs = layout.blobs, lanes = layout.lanes();
  const std::size_t fixed = id_bytes + 8 + 12 * groups + 8 * blobs + lanes;
  const std::size_t rest = head.size() >= fixed + 8 ? head.size() - fixed - 8 : 1;
  if (rest % 8 != 0 || number(head, fixed) != rest / 8)
    corrupt("a block's directory has " + std::to_string(head.size()) + " bytes: the file is damaged");
  const std::size_t summed = head.size() - 4;
  hold(crc32(head.part(0, summed)) == number(head, summed),
       "a block's directory is damaged: the checksum does not match");
  Cursor cursor(head.part(id_bytes + 8, summed - id_bytes - 8));
  cursor.read(rows, groups);
  cursor.read(most, groups);
  cursor.read(sizes, blobs);
  cursor.read(sums, blobs);
  cursor.read(modes, lanes);
  std::vector<std::uint32_t> count;
  cursor.read(count, 1);
  cursor.read(passing, count[0]);
  cursor.read(content, count[0]);
  for (const std::uint64_t n : rows)
    if (n > rows_at_most)
      corrupt("a block announces " + std::to_string(n) + " rows: the file is damaged");
  starts.reserve(blobs + 1);
  starts.push_back(0);
  for (const std::uint32_t n : sizes) starts.push_back(starts.back() + n);
}

}  // namespace rootae
