// What is wrong with bytes that were read: thrown inside the core, never across its C ABI.
#pragma once

#include <stdexcept>
#include <string>

namespace rootae {

enum class ErrorKind {
  corrupt,   // bytes are not as the format says
  format,    // a newer rootae is needed
  argument,  // the caller asked for what is not there
  memory,    // what the bytes ask for does not fit
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

[[noreturn]] inline void corrupt(const std::string& message) {
  throw Error(ErrorKind::corrupt, message);
}

inline void hold(bool right, const char* otherwise) {
  if (!right) corrupt(otherwise);
}

}  // namespace rootae
