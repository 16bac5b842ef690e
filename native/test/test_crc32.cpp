// The checksum of zlib.
#include <string>
#include <vector>

#include "check.hpp"
#include "crc32.hpp"

using rootae::crc32;

namespace {

rootae::Bytes bytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

int main() {
  CHECK(crc32({}) == 0);
  CHECK(crc32(bytes("123456789")) == 0xCBF43926U);
  CHECK(crc32(bytes("The quick brown fox jumps over the lazy dog")) == 0x414FA339U);
  std::vector<std::uint8_t> many(1000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::uint8_t>(i * i * 31);
  const std::uint32_t whole = crc32(many);
  for (std::size_t i = 0; i <= many.size(); ++i) {  // in two parts, at any address
    const std::uint32_t before = crc32({many.data(), i});
    CHECK(crc32({many.data() + i, many.size() - i}, before) == whole);
  }
}
