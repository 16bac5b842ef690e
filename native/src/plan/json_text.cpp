#include "plan/json_text.hpp"

#include <cstdint>

namespace rootae::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char* digits_end(const char* at) {
  if (!is_digit(*at)) return nullptr;
  while (is_digit(*at)) ++at;
  return at;
}

// Returns four hexadecimal digits, or a number above 2^16 where there are none.
std::uint32_t four(const char* at) {
  std::uint32_t found = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    std::uint32_t digit = 0;
    if (is_digit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    } else {
      return UINT32_MAX;  // before the NUL is passed
    }
    found = found * 16 + digit;
  }
  return found;
}

char* put(char* out, std::uint32_t byte) {
  *out = static_cast<char>(static_cast<unsigned char>(byte));
  return out + 1;
}

char* put_utf8(char* out, std::uint32_t point) {
  if (point < 0x80) return put(out, point);
  if (point < 0x800) return put(put(out, 0xC0 | point >> 6), 0x80 | (point & 63));
  if (point < 0x10000) {
    out = put(put(out, 0xE0 | point >> 12), 0x80 | (point >> 6 & 63));
    return put(out, 0x80 | (point & 63));
  }
  out = put(put(out, 0xF0 | point >> 18), 0x80 | (point >> 12 & 63));
  return put(put(out, 0x80 | (point >> 6 & 63)), 0x80 | (point & 63));
}

// Reads what follows "\u", two halves of a surrogate pair as one. Halves alone are those that stand
// for the bytes 0x80 ... 0xff.
bool unicode(const char*& at, char*& out) {
  std::uint32_t point = four(at);
  if (point == UINT32_MAX) return false;
  at += 4;
  if (point >= 0xD800 && point < 0xDC00 && at[0] == '\\' && at[1] == 'u') {
    const std::uint32_t low = four(at + 2);
    if (low >= 0xDC00 && low < 0xE000) {
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
  }
  if (point >= 0xD800 && point < 0xE000 && (point < 0xDC80 || point > 0xDCFF)) return false;
  out = put_utf8(out, point);
  return true;
}

// Reads what follows a backslash.
bool escape(const char*& at, char*& out) {
  char meant = 0;
  switch (*at++) {
    case '"': meant = '"'; break;
    case '\\': meant = '\\'; break;
    case '/': meant = '/'; break;
    case 'b': meant = '\b'; break;
    case 'f': meant = '\f'; break;
    case 'n': meant = '\n'; break;
    case 'r': meant = '\r'; break;
    case 't': meant = '\t'; break;
    case 'u': return unicode(at, out);
    default: return false;
  }
  *out++ = meant;
  return true;
}

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

}  // namespace

const char* number_end(const char* at) {
  if (*at == '-') ++at;
  at = *at == '0' ? at + 1 : digits_end(at);
  if (at != nullptr && *at == '.') at = digits_end(at + 1);
  if (at != nullptr && (*at == 'e' || *at == 'E')) {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    at = digits_end(at);
  }
  return at;
}

std::pair<char*, char*> unescaped(char* first) {
  char* at = first;
  while (is_plain(*at)) ++at;
  if (*at == '"') return {at, at + 1};
  char* out = at;
  const char* in = at;
  while (true) {
    while (is_plain(*in)) *out++ = *in++;
    if (*in == '"') return {out, first + (in + 1 - first)};
    if (*in != '\\') return {nullptr, nullptr};
    ++in;
    if (!escape(in, out)) return {nullptr, nullptr};
  }
}

}  // namespace rootae::json
