// Vectors of numbers that are written before they are read: growing them costs nothing.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace rootae {

// Leaves numbers as they come where no value is given.
template <class T>
struct Uninitialised : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = Uninitialised<U>;
  };
  template <class U>
  void construct(U* at) noexcept {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
  }
};

template <class T>
using RawVector = std::vector<T, Uninitialised<T>>;

}  // namespace rootae
