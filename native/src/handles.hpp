// What handles of the C ABI hold, and what its functions ask of their arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "codec.hpp"
#include "error.hpp"
#include "rootae/rootae.h"
#include "span.hpp"

struct rootae_codec {
  std::shared_ptr<const rootae::Codec> codec;
};

namespace rootae {

inline void require(bool right, const char* otherwise) {
  if (!right) throw Error(ErrorKind::argument, otherwise);
}

template <class T>
T& given(T* pointer) {
  require(pointer != nullptr, "NULL is given for what has to be there");
  return *pointer;
}

template <class T>
Span<T> given(T* data, std::size_t size) {
  require(data != nullptr || size == 0, "NULL is given for what has to be there");
  return {data, size};
}

inline const CompiledTree& tree_of(const rootae_codec* codec, std::uint32_t tree) {
  const Codec& found = *given(codec).codec;
  require(tree < found.trees(), "there is no such tree in the codec");
  return found.tree(tree);
}

}  // namespace rootae
