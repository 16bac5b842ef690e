// What reading a model's messages shares: members that stand once, that are needed, that are text.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "../error.hpp"
#include "protobuf.hpp"

namespace rootae {

[[noreturn]] inline void refuse(const std::string& what) {
  corrupt("a stored network has " + what + ", which no file may: it will not be run");
}

// A member that stands once at most.
template <class T>
void once(std::optional<T>& member, T value) {
  if (member) refuse("a member twice in one message");
  member = value;
}

template <class T>
T needed(const std::optional<T>& member, const char* name) {
  if (!member) refuse(std::string("no ") + name);
  return *member;
}

[[noreturn]] inline void unknown(const Member& member, const char* message) {
  refuse("field " + std::to_string(member.number) + " in a message " + message);
}

// A member's number and its kind on the wire in one, to switch over.
constexpr std::uint32_t key(std::uint32_t number, Wire wire) {
  return number << 3 | static_cast<std::uint32_t>(wire);
}
inline std::uint32_t key(const Member& member) { return key(member.number, member.wire); }

inline std::string_view text(Bytes data) {
  const bool ascii = std::all_of(data.begin(), data.end(), [](auto byte) { return byte < 0x80; });
  if (!ascii) refuse("a name that is not ASCII");
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

}  // namespace rootae
