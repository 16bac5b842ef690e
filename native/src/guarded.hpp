// What every function of the C ABI does: nothing is thrown across it.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string_view>

#include "error.hpp"
#include "rootae/rootae.h"

namespace rootae {

static_assert(ROOTAE_CORRUPT == 1 + static_cast<int>(ErrorKind::corrupt));
static_assert(ROOTAE_FORMAT == 1 + static_cast<int>(ErrorKind::format));
static_assert(ROOTAE_ARGUMENT == 1 + static_cast<int>(ErrorKind::argument));
static_assert(ROOTAE_MEMORY == 1 + static_cast<int>(ErrorKind::memory));

inline int said(rootae_error* error, int kind, std::string_view message) noexcept {
  if (error == nullptr) return kind;
  const std::size_t size = std::min(message.size(), sizeof error->message - 1);
  error->kind = kind;
  std::memcpy(error->message, message.data(), size);
  error->message[size] = 0;
  return kind;
}

// Returns ROOTAE_OK, or what was thrown.
template <class Work>
int guarded(rootae_error* error, Work&& work) noexcept {
  try {
    work();
    return said(error, ROOTAE_OK, "");
  } catch (const Error& thrown) {
    return said(error, 1 + static_cast<int>(thrown.kind()), thrown.what());
  } catch (const std::bad_alloc&) {
    return said(error, ROOTAE_MEMORY, "there is not enough memory");
  } catch (const std::length_error&) {
    return said(error, ROOTAE_MEMORY, "there is not enough memory");
  } catch (const std::exception& thrown) {
    return said(error, ROOTAE_INTERNAL, thrown.what());
  } catch (...) {
    return said(error, ROOTAE_INTERNAL, "an unknown error");
  }
}

}  // namespace rootae
