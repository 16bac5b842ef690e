#include "streams/bits.hpp"

#include "error.hpp"

namespace rootae {

namespace {

constexpr std::size_t kSlack = 17;  // bytes: a word and what an unaligned one reaches into

}  // namespace

std::uint64_t Bits::take(unsigned bits) {
  const std::size_t first = at_ / 8, skip = at_ % 8;
  pass(bits);
  std::uint8_t bytes[16] = {};
  const std::size_t count = (skip + bits + 7) / 8;
  if (count != 0) std::memcpy(bytes, data_.data() + first, count);
  std::uint64_t value = word_at(bytes) >> skip;
  if (skip != 0) value |= std::uint64_t{bytes[8]} << (64 - skip);
  return bits < 64 ? value & ((std::uint64_t{1} << bits) - 1) : value;
}

void Bits::to_byte() {
  const bool zeros = take(static_cast<unsigned>((0 - at_) % 8)) == 0;
  hold(zeros, "a pcodec page fills bytes with other bits than zeros: the file is damaged");
}

const std::uint8_t* Bits::ahead(std::size_t bits) {
  const std::size_t first = at_ / 8, wanted = bits / 8 + kSlack;
  if (data_.size() - first >= wanted) return data_.data() + first;
  const std::size_t left = data_.size() - first;
  if (tail_.empty() || tail_.size() - (first - tail_begin_) < wanted) {
    tail_.assign(left + wanted, 0);
    tail_begin_ = first;
    if (left != 0) std::memcpy(tail_.data(), data_.data() + first, left);
  }
  return tail_.data() + (first - tail_begin_);
}

void Bits::pass(std::size_t bits) {
  hold(bits <= 8 * data_.size() - at_, "a pcodec page ends early: the file is damaged");
  at_ += bits;
}

}  // namespace rootae
