// What the operators of decoders do with some rows: loops over rows, one for each unit made.
#pragma once

#include <cstddef>

#include "schedule.hpp"

namespace rootae {

// Where places lead while some rows are under way.
template <class T>
struct Memory {
  T* scratch = nullptr;
  const T* constants = nullptr;
  std::size_t stride = 1;  // of the scratch: numbers from one unit to the next
  std::size_t rows = 1;    // under way
  T* folded = nullptr;     // where constants are made of others, as arrays of one row
};

// Runs one step. Every place of it lies within the memory.
template <class T>
void run_step(const Step& step, const Memory<T>& memory);

}  // namespace rootae
