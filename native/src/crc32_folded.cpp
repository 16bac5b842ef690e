#include "crc32_folded.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(ROOTAE_BASELINE)

#include <immintrin.h>

namespace rootae {

namespace {

// Remainders of powers of x, bits reversed: what 128 bits come to that lie 512 or 128 bits further
// on, 64 or 32; the polynomial and its reciprocal. (V. Gopal and others, Fast CRC computation for
// generic polynomials using PCLMULQDQ, Intel, 2009.)
constexpr long long kBy512[] = {0x154442bd4, 0x1c6e41596}, kBy128[] = {0x1751997d0, 0x0ccaa009e};
constexpr long long kBy64 = 0x163cd6124, kPolynomial = 0x1db710641, kReciprocal = 0x1f7011641;

[[gnu::target("pclmul,sse4.1")]] inline __m128i load(const std::uint8_t* at) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// Moves 128 bits on to where `next` lies.
[[gnu::target("pclmul,sse4.1")]] inline __m128i fold(__m128i x, __m128i by,
                                                     __m128i next) noexcept {
  const __m128i low = _mm_clmulepi64_si128(x, by, 0x00), high = _mm_clmulepi64_si128(x, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// Takes 128 bits down to 32.
[[gnu::target("pclmul,sse4.1")]] std::uint32_t reduced(__m128i x) noexcept {
  const __m128i low_half = _mm_setr_epi32(-1, 0, -1, 0);
  const __m128i by = _mm_set_epi64x(kBy128[1], kBy128[0]);
  x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, by, 0x10));
  const __m128i rest = _mm_srli_si128(x, 4);
  x = _mm_and_si128(x, low_half);
  x = _mm_xor_si128(_mm_clmulepi64_si128(x, _mm_set_epi64x(0, kBy64), 0x00), rest);
  const __m128i ends = _mm_set_epi64x(kReciprocal, kPolynomial);
  __m128i y = _mm_and_si128(x, low_half);
  y = _mm_clmulepi64_si128(y, ends, 0x10);
  y = _mm_and_si128(y, low_half);
  y = _mm_clmulepi64_si128(y, ends, 0x00);
  return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(x, y), 1));
}

}  // namespace

bool can_fold() noexcept {
  static const bool found =
      is_modern() && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return found;
}

[[gnu::target("pclmul,sse4.1")]] std::uint32_t folded(const std::uint8_t* at, std::size_t size,
                                                      std::uint32_t sum) noexcept {
  __m128i a = _mm_xor_si128(load(at), _mm_cvtsi32_si128(static_cast<int>(sum)));
  __m128i b = load(at + 16), c = load(at + 32), d = load(at + 48);
  const __m128i far = _mm_set_epi64x(kBy512[1], kBy512[0]);
  for (at += 64, size -= 64; size >= 64; at += 64, size -= 64) {
    a = fold(a, far, load(at));
    b = fold(b, far, load(at + 16));
    c = fold(c, far, load(at + 32));
    d = fold(d, far, load(at + 48));
  }
  const __m128i near = _mm_set_epi64x(kBy128[1], kBy128[0]);
  a = fold(fold(fold(a, near, b), near, c), near, d);
  for (; size >= 16; at += 16, size -= 16) a = fold(a, near, load(at));
  return reduced(a);
}

}  // namespace rootae

#else

namespace rootae {

bool can_fold() noexcept { return false; }

std::uint32_t folded(const std::uint8_t*, std::size_t, std::uint32_t sum) noexcept { return sum; }

}  // namespace rootae

#endif
