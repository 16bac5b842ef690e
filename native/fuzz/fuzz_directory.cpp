// A directory of any bytes is refused or read; so is one with a checksum that is right.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "crc32.hpp"
#include "directory.hpp"
#include "error.hpp"

namespace {

using namespace rootae;

// A group of an encoder and two lanes, and one of a lane: how many there are is all that counts.
Tree tree() {
  const Lane lane{"a", "", 0, IntegerGrid{Type::int32}, {BoundKind::exact, 0}, {}, {}, {}};
  return {"t", "", {{"a", "", "", Type::int32, {}, {}, false, {}}}, {},
          {{"", "", {lane, lane}, {}, {}, Encoder{0, {}, 1}}, {"a", "", {lane}, {}, {}, {}}}};
}

void read(Bytes head, const Layout& layout) {
  try {
    const Directory found(head, layout);
    if (found.starts.size() != layout.blobs + 1) __builtin_trap();
  } catch (const Error&) {  // what is wrong is said
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Tree one = tree();
  static const Layout layout(one);
  read({data, size}, layout);
  std::vector<std::uint8_t> sound(data, data + size);
  const std::uint32_t sum = crc32(sound);
  sound.resize(size + sizeof sum);
  std::memcpy(sound.data() + size, &sum, sizeof sum);
  read(sound, layout);
  return 0;
}
