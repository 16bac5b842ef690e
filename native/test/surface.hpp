// Functions that tests in Python call by ctypes: they throw nothing.
#pragma once

#include <new>

#include "error.hpp"

#define SURFACE extern "C" __attribute__((visibility("default")))

// Returns 0, or the kind of what was thrown, plus 1.
template <class F>
int guarded(F&& f) {
  try {
    f();
    return 0;
  } catch (const rootae::Error& error) {
    return 1 + static_cast<int>(error.kind());
  } catch (const std::bad_alloc&) {
    return 1 + static_cast<int>(rootae::ErrorKind::memory);
  }
}
