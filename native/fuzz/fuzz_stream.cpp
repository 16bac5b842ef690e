// Any bytes as a stream, as runs and as a lane: they give as many integers, or are refused.
#include <algorithm>
#include <cstring>
#include <vector>

#include "error.hpp"
#include "lane.hpp"

using namespace rootae;

namespace {

// Whatever the frame says: bytes that follow from it.
std::size_t made_up(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                    std::size_t out_size) {
  const std::size_t size = out_size - 1;
  for (std::size_t i = 0; i < size; ++i) out[i] = in[i % in_size];
  return in_size % 17 == 16 ? SIZE_MAX : size;
}

void read_lane(std::uint8_t mode, std::uint8_t how, Bytes blob, Span<std::int64_t> codes) {
  std::vector<std::uint16_t> contexts(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    contexts[i] = static_cast<std::uint16_t>(i * i % (1U + (how & 3U)));
  }
  const std::vector<std::int64_t> centre(codes.size(), -77);
  StoredLane lane{mode, blob, codes.size(), static_cast<Type>(how % 11), how > 127, {}, {}, {}};
  if ((how & 4) != 0) lane.contexts = Span<const std::uint16_t>(contexts);
  if ((how & 8) != 0) lane.centre = Span<const std::int64_t>(centre);
  if ((how & 16) != 0) lane.predicted = Span<const std::int64_t>(centre);
  decode_lane(lane, made_up, codes);
}

}  // namespace

// Two bytes for the number of integers, one for what the bytes are, one for how.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  std::vector<std::int64_t> out((data[0] | static_cast<unsigned>(data[1]) << 8) & 0xFFFU);
  const Bytes blob(data + 4, size - 4);
  try {
    if (data[2] < 128) {
      decode_stream(blob, made_up, out);
    } else {
      read_lane(data[2] & 7, data[3], blob, out);
    }
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
