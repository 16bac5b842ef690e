#include "plan/members.hpp"

#include <optional>

#include "plan/hexadecimal.hpp"
#include "plan/shown.hpp"

namespace rootae {
namespace {

constexpr std::array<std::string_view, 11> types = {
    "bool",  "int8",   "int16",  "int32",  "int64",  "uint8",
    "uint16", "uint32", "uint64", "float32", "float64"};  // in the order of Type

std::string_view text_of(const json::Value& value) {
  if (value.kind() != json::Kind::text) wrong(value, "is no text");
  return value.content();
}

// Returns a whole number in the text of a number, nothing where it is none of 64 bits.
std::optional<std::int64_t> whole_of(std::string_view written) {
  const bool negative = written[0] == '-';
  if (negative) written.remove_prefix(1);
  if (written.size() > 19) return std::nullopt;
  std::uint64_t found = 0;
  for (const char c : written) {
    if (c < '0' || c > '9') return std::nullopt;  // a point, an exponent
    found = found * 10 + static_cast<std::uint64_t>(c - '0');
  }
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  if (found < top) return negative ? -static_cast<std::int64_t>(found) : static_cast<std::int64_t>(found);
  if (negative && found == top) return INT64_MIN;
  return std::nullopt;
}

}  // namespace

void wrong(const json::Value& value, const std::string& otherwise) {
  corrupt(value.place() + " " + otherwise + ": the codec's plan is damaged");
}

std::string text(const json::Value& value) { return std::string(text_of(value)); }

bool flag(const json::Value& value) {
  if (value.kind() != json::Kind::boolean) wrong(value, "is no boolean");
  return value.content() == "true";
}

Type type(const json::Value& value) {
  const std::string_view name = text_of(value);
  const auto* const found = std::find(types.begin(), types.end(), name);
  if (found == types.end()) wrong(value, "is no type");
  return static_cast<Type>(found - types.begin());
}

std::int64_t whole(const json::Value& value, std::int64_t low, std::int64_t high) {
  std::optional<std::int64_t> found;
  if (value.kind() == json::Kind::number) found = whole_of(value.content());
  if (!found || *found < low || *found > high)
    wrong(value, "is no whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return *found;
}

Index index(const json::Value& value) { return static_cast<Index>(whole(value, 0, UINT32_MAX)); }

double number(const json::Value& value) {
  const std::optional<double> found = from_hexadecimal(text_of(value));
  if (!found) wrong(value, "is no float in hexadecimal");
  return *found;
}

std::string_view kind_of(const json::Value& value) {
  if (value.kind() == json::Kind::object && value.size() > 0) {
    json::Value name = value.first();
    for (std::size_t i = 1;; ++i) {
      const json::Value member = name.next();
      if (name.content() == "kind") return text_of(member);
      if (i == value.size()) break;
      name = member.next();
    }
  }
  wrong(value, "has no kind");
}

void unknown(const json::Value& value, std::string_view kind, const char* known) {
  throw Error(ErrorKind::format, value.place() + " is of the kind '" + shown(kind) + "', none of " +
                                     known + ": the file needs a newer rootae, or is damaged");
}

}  // namespace rootae
