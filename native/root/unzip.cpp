#include "unzip.hpp"

#include <RZip.h>
#include <ZipZSTD.h>

#include <algorithm>
#include <climits>
#include <new>

#include "error.hpp"

namespace rootae::root {
namespace {

constexpr std::size_t kHeader = 9;  // of each piece: which algorithm, and how many bytes
constexpr std::size_t kMost = INT_MAX - kHeader;

// How many bytes a piece has, its header included, and how many it becomes.
struct Piece {
  std::size_t packed, whole;
};

Piece piece(const std::uint8_t* at) {
  const auto three = [&](std::size_t from) {
    return at[from] | std::size_t{at[from + 1]} << 8 | std::size_t{at[from + 2]} << 16;
  };
  return {three(3) + kHeader, three(6)};
}

}  // namespace

std::size_t unzstd(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                   std::size_t out_size) noexcept {
  if (in_size > kMost || out_size > kMost) return SIZE_MAX;
  try {
    std::vector<std::uint8_t> framed(kHeader + in_size);
    framed[0] = 'Z', framed[1] = 'S', framed[2] = 1;
    std::copy_n(in, in_size, framed.data() + kHeader);
    int from = static_cast<int>(framed.size()), room = static_cast<int>(out_size), written = 0;
    R__unzipZSTD(&from, framed.data(), &room, out, &written);
    return written > 0 || out_size == 0 ? static_cast<std::size_t>(written) : SIZE_MAX;
  } catch (const std::bad_alloc&) {
    return SIZE_MAX;
  }
}

std::vector<std::uint8_t> unzipped(Bytes stored, std::size_t size) {
  if (stored.size() >= size) return {stored.begin(), stored.begin() + size};
  // No algorithm of ROOT's makes more of a byte than a piece can have.
  hold(stored.size() >= kHeader && size / stored.size() <= 1 << 24,
       "a basket is damaged: it is too short");
  std::vector<std::uint8_t> whole(size);
  std::size_t done = 0;
  while (done < size) {
    hold(stored.size() >= kHeader, "a basket is damaged: it ends early");
    const Piece next = piece(stored.data());
    hold(next.packed <= stored.size() && next.whole <= size - done && next.whole != 0,
         "a basket is damaged: its parts do not fit");
    int from = static_cast<int>(next.packed), room = static_cast<int>(next.whole), written = 0;
    R__unzip(&from, const_cast<unsigned char*>(stored.data()), &room, whole.data() + done,
             &written);
    hold(written == room, "a basket is damaged: it cannot be decompressed");
    done += next.whole;
    stored = stored.part(next.packed, stored.size() - next.packed);
  }
  return whole;
}

}  // namespace rootae::root
