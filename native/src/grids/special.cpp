#include "grids/special.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "bit_cast.hpp"
#include "error.hpp"
#include "grids/pieces.hpp"
#include "narrowed.hpp"
#include "processor.hpp"

namespace rootae::grids {

namespace {

using Base = std::variant<Absolute, Relative>;

[[nodiscard]] Base base_of(const SpecialGrid& grid, Octaves& octaves) {
  if (const auto* relative = std::get_if<RelativeGrid>(&grid.base))
    return Relative(*relative, octaves);
  return Absolute(std::get<AbsoluteGrid>(grid.base));
}

// A special code among codes of 32 bits that are far from the ends, or one on its side of them all.
template <class Code>
[[nodiscard]] Code among(std::int64_t code) noexcept {
  using Ends = std::numeric_limits<Code>;
  if (code < Ends::min()) return Ends::min();
  return code > Ends::max() ? Ends::max() : static_cast<Code>(code);
}

// Takes codes above a special one down by one.
template <class Code>
void lower(const Code* __restrict codes, std::size_t count, Code special,
           Code* __restrict others) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    others[i] = static_cast<Code>(others[i] - (codes[i] > special));
}

template <class Code, class T>
void put(const Code* __restrict codes, std::size_t count, Code special, T value,
         T* __restrict out) noexcept {
  for (std::size_t i = 0; i < count; ++i) out[i] = codes[i] == special ? value : out[i];
}

}  // namespace

Special::Special(const SpecialGrid& grid, Octaves& octaves)
    : type_(std::visit([](const auto& base) { return base.type; }, grid.base)),
      base_(base_of(grid, octaves)),
      count_(grid.codes.size()) {
  hold(count_ >= 1 && count_ <= kAtMost && grid.values.size() == count_,
       "a grid has not 1 to 16 special values with a code each");
  constexpr std::int64_t farthest = std::int64_t{1} << 62;
  for (std::size_t j = 0; j < count_; ++j) {
    codes_[j] = grid.codes[j];
    hold(codes_[j] >= -farthest && codes_[j] <= farthest, "a special code is too far out");
    hold(j == 0 || codes_[j - 1] < codes_[j], "special codes do not ascend");
    bits_[j] = type_ == Type::float32
                   ? bit_cast<std::uint32_t>(static_cast<float>(grid.values[j]))
                   : bit_cast<std::uint64_t>(grid.values[j]);
  }
}

template <class T, class Code>
void Special::piece(const Code* codes, std::size_t count, T* out) const noexcept {
  using U = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  Code others[kPiece];
  std::copy_n(codes, count, others);
  for (std::size_t j = 0; j < count_; ++j)
    quickly([](auto, auto... all) { lower(all...); }, codes, count, among<Code>(codes_[j]),
            static_cast<Code*>(others));
  std::visit([&](const auto& base) { base.piece(others, count, out); }, base_);
  for (std::size_t j = 0; j < count_; ++j)
    quickly([](auto, auto... all) { put(all...); }, codes, count, among<Code>(codes_[j]),
            bit_cast<T>(static_cast<U>(bits_[j])), out);
}

void Special::inverse(Span<const std::int64_t> codes, Values out) const noexcept {
  inverse_by_piece(*this, codes, out);
}

void Special::inverse(Span<const std::int32_t> codes, Values out) const noexcept {
  inverse_by_piece(*this, codes, out);
}

// Makes room for the special codes among those of the base.
template <class Code>
void Special::raise(Code* codes, std::size_t count) const noexcept {
  Code before[kPiece];
  for (std::size_t i = 0; i < count; ++i) before[i] = 0;
  for (std::size_t j = 0; j < count_; ++j) {
    const Code from = among<Code>(codes_[j] - static_cast<std::int64_t>(j));
    for (std::size_t i = 0; i < count; ++i)
      before[i] = static_cast<Code>(before[i] + (codes[i] >= from));
  }
  for (std::size_t i = 0; i < count; ++i) codes[i] = static_cast<Code>(codes[i] + before[i]);
}

template <class U>
void Special::forward_of(const U* in, Span<std::int64_t> codes) const noexcept {
  in_pieces(codes.size(), [&](std::size_t first, std::size_t count) {
    std::int64_t* out = codes.data() + first;
    std::int32_t narrow[kPiece];
    if (narrowed<31>(out, count, narrow)) {
      raise(narrow, count);
      for (std::size_t i = 0; i < count; ++i) out[i] = narrow[i];
    } else {
      raise(out, count);
    }
    for (std::size_t j = 0; j < count_; ++j) {
      const auto bits = static_cast<U>(bits_[j]);
      for (std::size_t i = 0; i < count; ++i) out[i] = in[first + i] == bits ? codes_[j] : out[i];
    }
  });
}

void Special::forward(ConstValues in, Span<std::int64_t> codes) const noexcept {
  std::visit([&](const auto& base) { base.forward(in, codes); }, base_);
  if (type_ == Type::float32) {
    forward_of(in.as<std::uint32_t>(), codes);
  } else {
    forward_of(in.as<std::uint64_t>(), codes);
  }
}

void Special::mark_changed(ConstValues original, ConstValues returned,
                           std::uint8_t* wrong) const noexcept {
  const auto mark = [&](auto tag) {
    using U = typename decltype(tag)::type;
    const U *const x = original.as<U>(), *const y = returned.as<U>();
    for (std::size_t j = 0; j < count_; ++j) {
      const auto bits = static_cast<U>(bits_[j]);
      for (std::size_t i = 0; i < original.rows; ++i)
        wrong[i] = static_cast<std::uint8_t>(wrong[i] | ((x[i] == bits) ^ (y[i] == bits)));
    }
  };
  type_ == Type::float32 ? mark(Tag<std::uint32_t>{}) : mark(Tag<std::uint64_t>{});
}

}  // namespace rootae::grids
