#include "streams/kinds/dictionary.hpp"

#include <algorithm>
#include <string>

#include "cursor.hpp"
#include "error.hpp"
#include "streams/kinds/frames.hpp"
#include "streams/page.hpp"

namespace rootae {

namespace {

std::unique_ptr<Kind> open_indices(unsigned code, Bytes body, std::size_t n, Zstd zstd) {
  switch (code) {
    case 1: return open_page(body, n);
    case 2: return std::make_unique<FrameOfBytes>(body, n, zstd);
    case 3: return std::make_unique<FrameOfBits>(body, n, zstd);
    default:
      corrupt("a dictionary's indices are of the unknown kind " + std::to_string(code) +
              ": the file is damaged");
  }
}

}  // namespace

Dictionary::Dictionary(Bytes body, std::size_t n, Zstd zstd) {
  Cursor cursor(body);
  const std::uint64_t k = cursor.varint();
  if (k == 0 || k > n) {
    corrupt("a dictionary has " + std::to_string(k) + " values for " + std::to_string(n) +
            " numbers: the file is damaged");
  }
  const auto values = open_page(cursor.string(), static_cast<std::size_t>(k));
  const unsigned code = cursor.byte();
  indices_ = open_indices(code, cursor.rest(), n, zstd);
  values_.resize(static_cast<std::size_t>(k));
  for (std::size_t i = 0; i < values_.size(); i += kBatch) {
    values->next(&values_[i], std::min(kBatch, values_.size() - i));
  }
  most_ = *std::max_element(values_.begin(), values_.end());
}

template <class T>
void Dictionary::look(T* out, std::size_t count) {
  std::uint64_t at[kBatch], most = 0;  // all bits of them: a page may lie
  indices_->next(at, count);
  for (std::size_t i = 0; i < count; ++i) most = std::max(most, at[i]);
  if (most >= values_.size()) {
    corrupt("value " + std::to_string(most) + " of a dictionary of " +
            std::to_string(values_.size()) + ": the file is damaged");
  }
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<T>(values_[at[i]]);
}

template void Dictionary::look(std::uint64_t*, std::size_t);
template void Dictionary::look(std::uint32_t*, std::size_t);

}  // namespace rootae
