#include "streams/distinct.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace rootae {

namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;  // 2^64 over the golden ratio
constexpr unsigned kFirst = 10;                         // log2 of the slots to begin with

// Numbers the values that it meets, in the order in which it does: open addressing, at most half
// of the slots taken.
template <class U>
class Numbering {
 public:
  Numbering() : slots_(std::size_t{1} << kFirst) {}

  // The number of a value, and whether it is a new one.
  std::pair<std::uint32_t, bool> of(U value) {
    Slot* slot = found(value);
    if (slot->number != 0) return {slot->number - 1, false};
    if (2 * ++count_ > slots_.size()) {
      grow();
      slot = found(value);
    }
    *slot = {value, count_};
    return {count_ - 1, true};
  }

 private:
  struct Slot {
    U value = 0;
    std::uint32_t number = 0;  // from 1; 0 is an empty slot
  };

  [[nodiscard]] Slot* found(U value) noexcept {
    std::size_t at = static_cast<std::size_t>((std::uint64_t{value} * kGolden) >> (64 - log_));
    while (slots_[at].number != 0 && slots_[at].value != value)
      at = (at + 1) & (slots_.size() - 1);
    return &slots_[at];
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 4);
    old.swap(slots_);
    log_ += 2;
    for (const Slot& slot : old)
      if (slot.number != 0) *found(slot.value) = slot;
  }

  std::vector<Slot> slots_;
  unsigned log_ = kFirst;
  std::uint32_t count_ = 0;
};

}  // namespace

template <class U>
std::size_t distinct(Span<const U> numbers, Span<U> values, Span<std::uint32_t> counts,
                     Span<std::uint32_t> places) {
  Numbering<U> numbering;
  std::size_t count = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [number, is_new] = numbering.of(numbers[i]);
    if (is_new) {
      if (count == values.size()) return count + 1;
      values[count] = numbers[i];
      counts[count++] = 0;
    }
    ++counts[number];
    places[i] = number;
  }
  std::vector<std::uint32_t> order(count), rank(count), often(count);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  std::vector<U> ascending(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    rank[order[i]] = i;
    ascending[i] = values[order[i]];
    often[i] = counts[order[i]];
  }
  std::copy(ascending.begin(), ascending.end(), values.begin());
  std::copy(often.begin(), often.end(), counts.begin());
  for (std::uint32_t& place : places) place = rank[place];
  return count;
}

template std::size_t distinct(Span<const std::uint16_t>, Span<std::uint16_t>, Span<std::uint32_t>,
                              Span<std::uint32_t>);
template std::size_t distinct(Span<const std::uint32_t>, Span<std::uint32_t>, Span<std::uint32_t>,
                              Span<std::uint32_t>);
template std::size_t distinct(Span<const std::uint64_t>, Span<std::uint64_t>, Span<std::uint32_t>,
                              Span<std::uint32_t>);

}  // namespace rootae
