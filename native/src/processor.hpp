// Loops that are compiled twice, where the processor may have more than every one of its kind: on
// x86-64 for AVX2 and BMI2. Both give the same bits, as vectors are only wider, and no product and
// sum is fused: that instruction is not asked for.
#pragma once

#include <cstdint>

namespace rootae {

// What a loop is compiled for, where it has to know.
struct Plain {};

[[nodiscard]] inline std::uint64_t low_bits(Plain, std::uint64_t word, std::uint64_t bits) noexcept {
  return word & ((std::uint64_t{1} << (bits & 63)) - 1);
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(ROOTAE_BASELINE)

// Whether the processor has both, and the environment variable ROOTAE_BASELINE is not set.
[[nodiscard]] bool is_modern() noexcept;

struct Modern {};

// The lowest bits of a word, as many as the lowest byte of `bits` says: less than 64.
[[nodiscard, gnu::target("bmi2")]] inline std::uint64_t low_bits(Modern, std::uint64_t word,
                                                                  std::uint64_t bits) noexcept {
  return __builtin_ia32_bzhi_di(word, bits);
}

template <class Loop, class... Arguments>
[[gnu::target("avx2,bmi,bmi2"), gnu::flatten]] auto on_modern(Loop loop, Arguments... arguments) {
  return loop(Modern(), arguments...);
}

// Calls a loop with what it is compiled for, and arguments, by the instructions that there are.
// What it calls is compiled twice only where it is inlined.
template <class Loop, class... Arguments>
auto quickly(Loop loop, Arguments... arguments) {
  return is_modern() ? on_modern(loop, arguments...) : loop(Plain(), arguments...);
}

#else

[[nodiscard]] inline bool is_modern() noexcept { return false; }

template <class Loop, class... Arguments>
auto quickly(Loop loop, Arguments... arguments) {
  return loop(Plain(), arguments...);
}

#endif

}  // namespace rootae
