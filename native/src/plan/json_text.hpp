// Where single values of JSON end. Texts end with a NUL, so that nobody looks beyond.
#pragma once

#include <utility>

namespace rootae::json {

// Returns the character behind a number, nothing where none begins.
const char* number_end(const char* at);

// Undoes the escapes of a text in its place: what is meant is never longer than what is written.
// `first` is the character behind the opening quote. Returns the ends of the text as it is now and
// as it was, that behind the closing quote; nothing twice where it is no text.
std::pair<char*, char*> unescaped(char* first);

}  // namespace rootae::json
