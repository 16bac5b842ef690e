// Codes as they are kept: in 32 bits where all of them have so many.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>

#include "memory.hpp"
#include "span.hpp"

namespace rootae {

// A view of some, shape (rows,).
class CodeSpan {
 public:
  CodeSpan() = default;
  CodeSpan(Span<const std::int64_t> wide) noexcept : span_(wide) {}      // NOLINT: views are made so
  CodeSpan(Span<const std::int32_t> narrow) noexcept : span_(narrow) {}  // NOLINT

  // Calls f with the span of one or the other.
  template <class F>
  decltype(auto) visit(F&& f) const {
    const auto* const narrow = std::get_if<Span<const std::int32_t>>(&span_);
    return narrow != nullptr ? f(*narrow) : f(*std::get_if<Span<const std::int64_t>>(&span_));
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return visit([](auto span) { return span.size(); });
  }
  // The caller has checked that first + count is within.
  [[nodiscard]] CodeSpan part(std::size_t first, std::size_t count) const noexcept {
    return visit([=](auto span) { return CodeSpan(span.part(first, count)); });
  }

 private:
  std::variant<Span<const std::int64_t>, Span<const std::int32_t>> span_;
};

// The memory that they lie in.
class KeptCodes {
 public:
  KeptCodes() = default;
  KeptCodes(Memories& memories, std::size_t rows, bool is_narrow)
      : memory_(memories.take(rows * (is_narrow ? sizeof(std::int32_t) : sizeof(std::int64_t)))),
        rows_(rows), is_narrow_(is_narrow) {}

  // Some that somebody else owns, who keeps them for as long.
  [[nodiscard]] static KeptCodes of(Span<std::int64_t> codes) noexcept {
    KeptCodes made;
    made.memory_ = Memory::of(reinterpret_cast<std::uint8_t*>(codes.data()),
                              codes.size() * sizeof(std::int64_t));
    made.rows_ = codes.size();
    return made;
  }

  [[nodiscard]] bool is_there() const noexcept { return memory_.is_there(); }
  // Bytes.
  [[nodiscard]] std::size_t size() const noexcept { return memory_.size(); }
  [[nodiscard]] CodeSpan view() const noexcept {
    if (is_narrow_) return Span<const std::int32_t>(memory_.as<const std::int32_t>(), rows_);
    return Span<const std::int64_t>(memory_.as<const std::int64_t>(), rows_);
  }
  // Where they go, of the type that they have.
  template <class Code>
  [[nodiscard]] Code* as() const noexcept { return memory_.as<Code>(); }
  // Calls f with a span to write to.
  template <class F>
  decltype(auto) visit(F&& f) const {
    return is_narrow_ ? f(Span<std::int32_t>(memory_.as<std::int32_t>(), rows_))
                      : f(Span<std::int64_t>(memory_.as<std::int64_t>(), rows_));
  }
  // What whoever looks at codes sees of a lane that has none.
  void see_zeros() const {
    visit([](auto span) { std::fill(span.begin(), span.end(), 0); });
  }

 private:
  Memory memory_;
  std::size_t rows_ = 0;
  bool is_narrow_ = false;
};

}  // namespace rootae
