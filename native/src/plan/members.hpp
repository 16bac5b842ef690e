// Values of a plan's text, each held against its type. All throw corrupt and say where it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "plan/json.hpp"
#include "plan/plan.hpp"

namespace rootae {

// Throws corrupt: "plan.trees[0] <otherwise>".
[[noreturn]] void wrong(const json::Value& value, const std::string& otherwise);

std::string text(const json::Value& value);
bool flag(const json::Value& value);
Type type(const json::Value& value);
// A whole number, ends included.
std::int64_t whole(const json::Value& value, std::int64_t low, std::int64_t high);
// A number of something: below 2^32.
Index index(const json::Value& value);
// A float in hexadecimal.
double number(const json::Value& value);
inline bool is_null(const json::Value& value) { return value.kind() == json::Kind::null; }

// The member `kind` of an object that it tells from others.
std::string_view kind_of(const json::Value& value);
// Throws format: a kind that is none of those known in its place.
[[noreturn]] void unknown(const json::Value& value, std::string_view kind, const char* known);

// Returns the members of an object that has exactly these, in this order: that of the alphabet,
// which is a writer's.
template <std::size_t N>
std::array<json::Value, N> members(const json::Value& value,
                                   const std::array<std::string_view, N>& names,
                                   const char* otherwise) {
  if (value.kind() != json::Kind::object || value.size() != N) wrong(value, otherwise);
  std::array<json::Value, N> found;
  json::Value name = value.first();
  for (std::size_t i = 0; i < N; ++i) {
    const std::string_view is = name.content();
    std::size_t place = i;
    if (is != names[i])
      place = static_cast<std::size_t>(std::find(names.begin(), names.end(), is) - names.begin());
    if (place == N) wrong(value, otherwise);
    found[place] = name.next();
    if (i + 1 < N) name = found[place].next();
  }
  return found;  // no name comes twice, so that all are there
}

// Returns what `one` makes of each item of a list.
template <class One>
auto list(const json::Value& value, One one) {
  if (value.kind() != json::Kind::list) wrong(value, "is no list");
  std::vector<decltype(one(value))> found;
  found.reserve(value.size());
  json::Value item;
  for (std::size_t i = 0; i < value.size(); ++i) {
    item = i == 0 ? value.first() : item.next();
    found.push_back(one(item));
  }
  return found;
}

// Returns what `one` makes of a value that may be null.
template <class One>
auto maybe(const json::Value& value, One one) {
  using Found = decltype(one(value));
  return is_null(value) ? std::optional<Found>() : std::optional<Found>(one(value));
}

}  // namespace rootae
