#include "streams/page.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "error.hpp"
#include "processor.hpp"
#include "streams/bits.hpp"
#include "streams/states.hpp"

namespace rootae {

namespace {

constexpr unsigned kStatesAtMost = 14, kOrders = 7;

// The differences' order, 0 where there are none.
unsigned read_order(Bits& bits) {
  hold(bits.take(4) == 0, "a pcodec page in another mode than classic: the file is damaged");
  const std::uint64_t delta = bits.take(4);
  hold(delta <= 1, "a pcodec page with differences of another kind: the file is damaged");
  if (delta == 0) return 0;
  const auto order = static_cast<unsigned>(bits.take(3));
  hold(order != 0 && bits.take(1) == 0,
       "a pcodec page with unknown differences: the file is damaged");
  return order;
}

// Bins side by side: what a number of each begins at, and the bits of its offset.
template <class U>
struct Bins {
  std::vector<U> lows;
  std::vector<std::uint8_t> widths;
  std::vector<std::uint32_t> weights;
  unsigned widest = 0;

  // What no number is above.
  [[nodiscard]] U most() const noexcept {
    U found = 0;
    for (std::size_t i = 0; i < lows.size(); ++i) {
      const U offset = widths[i] == 0 ? U{0} : static_cast<U>(~std::uint64_t{0} >> (64 - widths[i]));
      const U highest = static_cast<U>(lows[i] + offset);
      if (highest < offset) return std::numeric_limits<U>::max();  // sums are modulo its range
      found = std::max(found, highest);
    }
    return found;
  }

  // What the states say of a number: the bits of its offset in the lowest byte, and above it what
  // the number begins at, or else, where that takes 64 bits, which bin it is of.
  [[nodiscard]] std::vector<std::uint64_t> said() const {
    std::vector<std::uint64_t> found(lows.size());
    for (std::size_t i = 0; i < lows.size(); ++i)
      found[i] = std::uint64_t{sizeof(U) == 8 ? i : lows[i]} << 8 | widths[i];
    return found;
  }
};

template <class U>
Bins<U> read_bins(Bits& bits, unsigned log, std::size_t count) {
  constexpr unsigned width = std::numeric_limits<U>::digits;
  constexpr unsigned digits = width == 16 ? 5 : width == 32 ? 6 : 7;
  Bins<U> bins;
  // One that no number is of stands for none, so that there always is one.
  bins.lows.resize(std::max<std::size_t>(count, 1));
  bins.widths.resize(bins.lows.size());
  bins.weights.assign(bins.lows.size(), 1);
  for (std::size_t i = 0; i < count; ++i) {
    bins.weights[i] = static_cast<std::uint32_t>(bits.take(log)) + 1;
    bins.lows[i] = static_cast<U>(bits.take(width));
    const auto offset = static_cast<unsigned>(bits.take(digits));
    hold(offset <= width, "a pcodec page with too wide offsets: the file is damaged");
    bins.widths[i] = static_cast<std::uint8_t>(offset);
    bins.widest = std::max(bins.widest, offset);
  }
  return bins;
}

// Adds offsets, each of less than 58 bits, to what numbers begin at. So many at a time are read
// from one word, which has 57 bits or more.
template <unsigned Together, class Level, class U, class T>
std::size_t add_offsets(Level level, const std::uint64_t* chosen, const U* lows,
                        const std::uint8_t* p, std::size_t at, T* __restrict out,
                        std::size_t count) noexcept {
  const auto step = [=](std::size_t i, std::uint64_t word, std::uint64_t before) {
    const std::uint64_t bin = chosen[i];
    const std::uint64_t low = sizeof(U) == 8 ? lows[bin >> 8] : bin >> 8;
    out[i] = static_cast<T>(static_cast<U>(low + low_bits(level, word >> (before & 63), bin)));
    return before + bin;
  };
  std::size_t i = 0;
  for (; i + Together <= count; i += Together) {
    const std::uint64_t word = word_at(p + at / 8), skip = at & 7;
    std::uint64_t before = skip;
    for (unsigned j = 0; j < Together; ++j) before = step(i + j, word, before);
    at += (before - skip) & 0xFF;
  }
  for (; i < count; ++i) at += (step(i, word_at(p + at / 8), at & 7) - (at & 7)) & 0xFF;
  return at;
}

// Of 64-bit numbers: offsets of any width.
template <class U, class T>
std::size_t add_wide_offsets(const std::uint64_t* chosen, const U* lows, const std::uint8_t* p,
                             std::size_t at, T* out, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bin = chosen[i], width = bin & 0xFF;
    const std::uint8_t* const first = p + at / 8;
    const unsigned skip = at & 7;
    const std::uint64_t beyond = (std::uint64_t{first[8]} << 1) << (63 - skip);
    const std::uint64_t mask = width == 0 ? 0 : ~std::uint64_t{0} >> (64 - width);
    out[i] = static_cast<T>(lows[bin >> 8] + (((word_at(first) >> skip) | beyond) & mask));
    at += width;
  }
  return at;
}

template <class U>
class Page final : public Kind {
 public:
  Page(Bytes data, std::size_t n);
  [[nodiscard]] std::uint64_t most() const noexcept override {
    return order_ == 0 ? bins_.most() : std::numeric_limits<U>::max();
  }
  void next(std::uint64_t* out, std::size_t count) override { read(out, count); }
  void next(std::uint32_t* out, std::size_t count) override { read(out, count); }

 private:
  void read_header();
  template <class T>
  void read(T* out, std::size_t count);
  template <class T>
  void read_numbers(T* out, std::size_t count);
  template <class T>
  void add_up(T* out, std::size_t count) noexcept;

  static constexpr std::uint64_t kHalf = std::uint64_t{1} << (std::numeric_limits<U>::digits - 1);

  Bits bits_;
  std::size_t left_;     // integers
  std::size_t numbers_;  // that are still in the page
  unsigned order_ = 0;
  std::array<U, kOrders> moments_{};
  Bins<U> bins_;
  std::optional<States> states_;
  std::array<std::uint64_t, kBatch> chosen_;  // what is said of a batch's numbers
};

template <class U>
Page<U>::Page(Bytes data, std::size_t n) : bits_(data), left_(n), numbers_(0) {
  read_header();
}

template <class U>
void Page<U>::read_header() {
  hold(bits_.take(16) == 0x0104, "a pcodec page of another version: the file is damaged");
  order_ = read_order(bits_);
  numbers_ = left_ - std::min<std::size_t>(left_, order_);
  const auto log = static_cast<unsigned>(bits_.take(4));
  const auto count = static_cast<std::size_t>(bits_.take(15));
  hold(log <= kStatesAtMost && count <= std::size_t{1} << log,
       "a pcodec page of too many bins: the file is damaged");
  hold(count > 1 || log == 0,
       "a pcodec page of states for no more than one bin: the file is damaged");
  hold(count != 0 || numbers_ == 0, "a pcodec page without bins: the file is damaged");
  bins_ = read_bins<U>(bits_, log, count);
  bits_.to_byte();
  if (order_ != 0) {  // whose middle is half of the type's range
    for (auto& low : bins_.lows) low = static_cast<U>(low + kHalf);
  }
  for (unsigned k = 0; k < order_; ++k) {
    moments_[k] = static_cast<U>(bits_.take(std::numeric_limits<U>::digits));
  }
  const std::vector<std::uint64_t> said = bins_.said();
  states_.emplace(log, bins_.weights, said);
  chosen_.fill(said[0]);
  for (std::size_t k = 0; k < 4; ++k) states_->begin(k, bits_.take(log));
  bits_.to_byte();
}

template <class U>
template <class T>
void Page<U>::read(T* out, std::size_t count) {
  const std::size_t numbers = std::min(count, numbers_);
  if (numbers != 0) read_numbers(out, numbers);
  if (order_ != 0) {
    std::fill(out + numbers, out + count, 0);  // enters no sum that is given out
    add_up(out, count);
  }
  numbers_ -= numbers;
  left_ -= count;
  if (left_ == 0) {
    bits_.to_byte();
    hold(bits_.at_end(), "bytes follow a pcodec page: the file is damaged");
  }
}

template <class U>
template <class T>
void Page<U>::read_numbers(T* out, std::size_t count) {
  const std::uint8_t* const p = bits_.ahead(count * (states_->widest() + bins_.widest));
  const std::size_t skipped = bits_.skipped();
  std::size_t at = skipped;
  if (bins_.lows.size() > 1) at = states_->choose(p, at, {chosen_.data(), count});
  const auto add = [&](auto loop) {
    return quickly(loop, chosen_.data(), bins_.lows.data(), p, at, out, count);
  };
  const unsigned widest = bins_.widest;
  if (widest <= 14) {
    at = add([](auto... all) { return add_offsets<4>(all...); });
  } else if (widest <= 28) {
    at = add([](auto... all) { return add_offsets<2>(all...); });
  } else if (widest <= 57) {
    at = add([](auto... all) { return add_offsets<1>(all...); });
  } else {
    at = add([](auto, auto... all) { return add_wide_offsets(all...); });
  }
  bits_.pass(at - skipped);
}

// Undoes differences, order after order.
template <class U>
template <class T>
void Page<U>::add_up(T* out, std::size_t count) noexcept {
  for (unsigned k = order_; k-- > 0;) {
    std::uint64_t sum = moments_[k];
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t step = out[i];
      out[i] = static_cast<T>(static_cast<U>(sum));
      sum += step;
    }
    moments_[k] = static_cast<U>(sum);
  }
}

}  // namespace

std::unique_ptr<Kind> open_page(Bytes body, std::size_t n) {
  const unsigned width = body.empty() ? 0 : body[0];
  const Bytes page = body.empty() ? body : body.part(1, body.size() - 1);
  switch (width) {
    case 2: return std::make_unique<Page<std::uint16_t>>(page, n);
    case 4: return std::make_unique<Page<std::uint32_t>>(page, n);
    case 8: return std::make_unique<Page<std::uint64_t>>(page, n);
    default:
      corrupt("a stream has numbers of " + std::to_string(width) + " bytes: the file is damaged");
  }
}

}  // namespace rootae
