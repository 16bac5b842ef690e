#include "plan/hexadecimal.hpp"

#include <cstdint>
#include <cstring>

namespace rootae {
namespace {

constexpr std::size_t mantissa_digits = 13;
constexpr std::uint64_t least_exponent = 1022, largest_exponent = 1023;  // below and above 0

bool cut(std::string_view& text, std::string_view beginning) {
  if (text.substr(0, beginning.size()) != beginning) return false;
  text.remove_prefix(beginning.size());
  return true;
}

// Returns all 13 digits, 2^52 or more where there are others.
std::uint64_t mantissa(std::string_view& text) {
  if (text.size() < mantissa_digits) return UINT64_MAX;
  std::uint64_t found = 0;
  for (const char c : text.substr(0, mantissa_digits)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return UINT64_MAX;
    found = found << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  text.remove_prefix(mantissa_digits);
  return found;
}

// Returns the exponent plus its bias, 1 ... 2046, or 0 where it is none of a normal number.
std::uint64_t biased(std::string_view text) {
  const bool negative = cut(text, "-");
  if (!negative && !cut(text, "+")) return 0;
  if (text.empty() || text.size() > 4) return 0;
  if (text[0] == '0' && (text.size() > 1 || negative)) return 0;
  std::uint64_t found = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    found = found * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (found > (negative ? least_exponent : largest_exponent)) return 0;
  return negative ? largest_exponent - found : largest_exponent + found;
}

}  // namespace

std::optional<double> from_hexadecimal(std::string_view text) {
  std::uint64_t bits = cut(text, "-") ? std::uint64_t{1} << 63 : 0;
  if (text == "0x0.0p+0") {
    // a zero: the sign is all
  } else if (cut(text, "0x1.")) {
    const std::uint64_t low = mantissa(text);
    const std::uint64_t exponent = low != UINT64_MAX && cut(text, "p") ? biased(text) : 0;
    if (exponent == 0) return std::nullopt;
    bits |= exponent << 52 | low;
  } else {
    if (!cut(text, "0x0.")) return std::nullopt;
    const std::uint64_t low = mantissa(text);
    if (low == UINT64_MAX || low == 0 || text != "p-1022") return std::nullopt;
    bits |= low;
  }
  double found = 0;
  std::memcpy(&found, &bits, sizeof found);
  return found;
}

}  // namespace rootae
