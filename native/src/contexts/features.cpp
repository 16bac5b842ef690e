#include "features.hpp"

#include <algorithm>

#include "../error.hpp"
#include "../narrowed.hpp"
#include "../processor.hpp"

namespace rootae {
namespace {

constexpr std::size_t kLeast = 1 << 8, kMost = 1 << 14;  // integers of a table
constexpr std::size_t kStretches = 1 << 12;
constexpr std::size_t kShared = 3;        // edges in one stretch; beyond it a search is quicker
constexpr std::size_t kPiece = 256;       // codes that are looked up before one asks how it went
constexpr std::int64_t kExact = 1 << 24;    // whole numbers up to here are float32
constexpr std::size_t kTogether = 8;        // codes that are searched for side by side

std::uint64_t distance(std::int64_t from, std::int64_t to) noexcept {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

// How many of ascending edges lie at or below each of some codes: steps of the same length for all,
// without a branch that could be guessed wrongly.
template <std::size_t count>
void counts(const std::int64_t* edges, std::size_t size, const std::int64_t* codes,
            std::size_t* found) noexcept {
  std::fill(found, found + count, 0);
  for (std::size_t left = size; left > 1;) {
    const std::size_t half = left / 2;
    for (std::size_t j = 0; j < count; ++j) {
      found[j] += edges[found[j] + half - 1] <= codes[j] ? half : 0;
    }
    left -= half;
  }
  if (size == 0) return;
  for (std::size_t j = 0; j < count; ++j) found[j] += edges[found[j]] <= codes[j] ? 1 : 0;
}

// Several at a time: half of a short loop is counting.
template <class T, class F>
void each(Span<const std::int64_t> codes, T* __restrict out, F f) {
  const std::int64_t* __restrict from = codes.data();
  std::size_t i = 0;
  for (; i + 4 <= codes.size(); i += 4) {
    const T a = f(from[i]), b = f(from[i + 1]), c = f(from[i + 2]), d = f(from[i + 3]);
    out[i] = a;
    out[i + 1] = b;
    out[i + 2] = c;
    out[i + 3] = d;
  }
  for (; i < codes.size(); ++i) out[i] = f(from[i]);
}

// A table whose codes have 32 bits.
struct Narrow {
  std::int32_t low, last;
  std::uint32_t shift;
  const std::uint8_t* bins;
  const std::int32_t* edges;
};

// Looks at most a piece of codes up.
template <std::size_t shared, class T>
void look_in(Narrow table, const std::int32_t* __restrict codes, std::size_t count,
             T* __restrict out) noexcept {
  std::int32_t clipped[kPiece];
  std::uint32_t at[kPiece];
  const auto low = static_cast<std::uint32_t>(table.low);
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t code = codes[i] > table.low ? codes[i] : table.low;
    code = code < table.last ? code : table.last;
    clipped[i] = code;
    at[i] = (static_cast<std::uint32_t>(code) - low) >> table.shift;
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t found = table.bins[at[i]];
    for (std::size_t k = 0; k < shared; ++k) found += table.edges[found] <= clipped[i] ? 1U : 0U;
    out[i] = static_cast<T>(found);
  }
}

}  // namespace

EdgeLookup::EdgeLookup(Span<const std::int64_t> edges)
    : edges_(edges.begin(), edges.end()), count_(edges.size()) {
  hold(std::is_sorted(edges.begin(), edges.end()),
       "a table of edges does not ascend: the codec is damaged");
  if (edges.empty() || edges.size() > UINT8_MAX) return;
  const std::uint64_t span = distance(edges_.front(), edges_.back());
  span <= kMost - 3 && edges_.front() != INT64_MIN ? tabulate() : stretch();
  note_narrow();
}

void EdgeLookup::note_narrow() {
  const std::int64_t first = edges_.front(), most = edges_[count_ - 1];
  if (shared_ > kShared || low_ < INT32_MIN || first < INT32_MIN || most >= INT32_MAX) return;
  const std::uint64_t reach = (bins_.size() << shift_) - 1;  // shifts of 32-bit edges are short
  last_ = static_cast<std::int32_t>(std::min(reach, distance(low_, INT32_MAX - 1)) +
                                    static_cast<std::uint64_t>(low_));
  narrow_.assign(edges_.size(), INT32_MAX);
  std::copy_n(edges_.begin(), count_, narrow_.begin());
}

// Begins the table so that the edges lie in the middle of what it reaches over.
void EdgeLookup::begin(std::uint64_t reach) {
  const std::uint64_t before = (reach - distance(edges_.front(), edges_.back())) / 2;
  const std::uint64_t room = distance(INT64_MIN, edges_.front());
  low_ = before < room ? edges_.front() - static_cast<std::int64_t>(before) : INT64_MIN;
}

void EdgeLookup::tabulate() {
  const std::uint64_t span = distance(edges_.front(), edges_.back());
  std::size_t size = kLeast;
  while (size < kMost && size < 4 * (span + 2)) size *= 2;
  begin(size - 1);
  bins_.resize(size);
  auto at = bins_.begin();
  for (std::size_t i = 0; i < count_; ++i) {
    const auto end = bins_.begin() + static_cast<std::ptrdiff_t>(distance(low_, edges_[i]));
    std::fill(at, end, static_cast<std::uint8_t>(i));
    at = end;
  }
  std::fill(at, bins_.end(), static_cast<std::uint8_t>(count_));
}

void EdgeLookup::stretch() {
  const std::uint64_t span = distance(edges_.front(), edges_.back());
  while (span >> shift_ >= kStretches / 2) ++shift_;
  if (shift_ < 52) {
    begin((std::uint64_t{kStretches} << shift_) - 1);
    if (edges_.front() >= INT32_MIN) low_ = std::max<std::int64_t>(low_, INT32_MIN);
  } else {
    low_ = INT64_MIN;  // 2^12 stretches of 2^52 are all there is
  }
  bins_.resize(kStretches);
  std::size_t before = 0;
  for (std::size_t s = 0; s < kStretches; ++s) {
    std::size_t end = before;
    while (end < count_ && distance(low_, edges_[end]) >> shift_ == s) ++end;
    bins_[s] = static_cast<std::uint8_t>(before);
    shared_ = std::max(shared_, end - before);
    before = end;
  }
  edges_.resize(count_ + kShared, INT64_MAX);
}

template <std::size_t shared, bool shifted, class T>
void EdgeLookup::look_up(Span<const std::int64_t> codes, T* out) const {
  const std::int64_t low = low_, *edges = edges_.data();
  const std::uint8_t* bins = bins_.data();
  const std::uint64_t last = bins_.size() - 1;
  const std::uint32_t shift = shift_;
  const auto most = static_cast<std::uint32_t>(count_);
  const auto place = [=](std::int64_t code) {
    return shifted ? distance(low, code) >> shift : distance(low, code);
  };
  const auto bin = [=](std::int64_t code, std::uint64_t at) {
    std::uint32_t found = bins[at];
    for (std::size_t i = 0; i < shared; ++i) found += edges[found] <= code ? 1U : 0U;
    return static_cast<T>(shared == 0 ? found : std::min(found, most));
  };
  for (std::size_t first = 0; first < codes.size(); first += kPiece) {
    const auto some = codes.part(first, std::min(kPiece, codes.size() - first));
    std::uint64_t seen = 0;
    each(some, out + first, [&](std::int64_t code) {
      const std::uint64_t at = place(code);
      seen |= at;
      return bin(code, at & last);
    });
    if (seen <= last) continue;  // else some lie outside the table
    each(some, out + first, [&](std::int64_t code) {
      return bin(code, code < low ? 0 : std::min(place(code), last));
    });
  }
}

template <class T>
void EdgeLookup::search(Span<const std::int64_t> codes, T* out) const {
  std::size_t found[kTogether], i = 0;
  for (; i + kTogether <= codes.size(); i += kTogether) {
    counts<kTogether>(edges_.data(), count_, codes.data() + i, found);
    for (std::size_t j = 0; j < kTogether; ++j) out[i + j] = static_cast<T>(found[j]);
  }
  for (; i < codes.size(); ++i) {
    counts<1>(edges_.data(), count_, codes.data() + i, found);
    out[i] = static_cast<T>(found[0]);
  }
}

// Clips codes to what a table reaches over first, which is done side by side.
template <class T>
void EdgeLookup::look_narrow(const std::int32_t* codes, std::size_t count, T* out) const {
  const Narrow table{static_cast<std::int32_t>(low_), last_, shift_, bins_.data(),
                     narrow_.data()};
  switch (shared_) {
    case 0: return quickly([](auto, auto... all) { look_in<0>(all...); }, table, codes, count, out);
    case 1: return quickly([](auto, auto... all) { look_in<1>(all...); }, table, codes, count, out);
    case 2: return quickly([](auto, auto... all) { look_in<2>(all...); }, table, codes, count, out);
    default:
      return quickly([](auto, auto... all) { look_in<kShared>(all...); }, table, codes, count, out);
  }
}

template <class T>
void EdgeLookup::look(Span<const std::int32_t> codes, T* out) const {
  for (std::size_t first = 0; first < codes.size(); first += kPiece) {
    const std::size_t count = std::min(kPiece, codes.size() - first);
    if (!narrow_.empty()) {
      look_narrow(codes.data() + first, count, out + first);
      continue;
    }
    std::int64_t wide[kPiece];
    std::copy_n(codes.data() + first, count, wide);
    look(Span<const std::int64_t>(wide, count), out + first);
  }
}

template <class T>
void EdgeLookup::look(Span<const std::int64_t> codes, T* out) const {
  if (narrow_.empty()) return look_wide(codes, out);
  for (std::size_t first = 0; first < codes.size(); first += kPiece) {
    const auto some = codes.part(first, std::min(kPiece, codes.size() - first));
    std::int32_t narrow[kPiece];
    const bool all = quickly([](auto, auto... of) { return narrowed<32>(of...); }, some.data(),
                             some.size(), static_cast<std::int32_t*>(narrow));
    all ? look_narrow(narrow, some.size(), out + first) : look_wide(some, out + first);
  }
}

template <class T>
void EdgeLookup::look_wide(Span<const std::int64_t> codes, T* out) const {
  if (bins_.empty() || shared_ > kShared) return search(codes, out);
  switch (shared_) {
    case 0: return look_up<0, false>(codes, out);
    case 1: return look_up<1, true>(codes, out);
    case 2: return look_up<2, true>(codes, out);
    default: return look_up<kShared, true>(codes, out);
  }
}

template <class T>
void look_at_digit(const Digit& digit, Span<const std::int64_t> codes, T* out) noexcept {
  const std::uint64_t top = digit.top, highest = top << digit.shift;
  const bool whole = highest >> digit.shift == top;
  const std::uint64_t most = whole ? highest : UINT64_MAX;
  const std::int64_t low = digit.low;
  const std::uint32_t shift = digit.shift;
  each(codes, out, [=](std::int64_t code) {
    return static_cast<T>(std::min(distance(low, std::max(code, low)), most) >> shift);
  });
}

template <class T>
void look_at_raw(Span<const std::int64_t> codes, T* out) {
  bool exact = true;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    exact &= codes[i] >= -kExact && codes[i] <= kExact;
    out[i] = static_cast<T>(static_cast<std::int32_t>(codes[i]));
  }
  hold(exact, "a network looks at codes beyond 2^24: the file is damaged");
}

#define ROOTAE_LOOKS(T)                                                         \
  template void EdgeLookup::look(Span<const std::int64_t>, T*) const;           \
  template void EdgeLookup::look(Span<const std::int32_t>, T*) const;           \
  template void look_at_digit(const Digit&, Span<const std::int64_t>, T*) noexcept;
ROOTAE_LOOKS(std::uint8_t)
ROOTAE_LOOKS(std::uint16_t)
ROOTAE_LOOKS(std::uint32_t)
ROOTAE_LOOKS(std::int32_t)
ROOTAE_LOOKS(std::int64_t)
ROOTAE_LOOKS(float)
ROOTAE_LOOKS(double)
#undef ROOTAE_LOOKS
template void look_at_raw(Span<const std::int64_t>, float*);
template void look_at_raw(Span<const std::int64_t>, double*);

}  // namespace rootae
