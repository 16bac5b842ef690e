// Names from files in messages: short, and one line.
#pragma once

#include <string>
#include <string_view>

namespace rootae {

// Returns the beginning of a name, at most 40 bytes of it, control characters as question marks.
inline std::string shown(std::string_view name) {
  constexpr std::size_t most = 40;
  std::size_t size = name.size();
  if (size > most) {
    size = most;
    while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  }
  std::string found(name.substr(0, size));
  for (char& c : found)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return found;
}

}  // namespace rootae
