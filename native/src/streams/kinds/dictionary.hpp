// Values that occur again and again: each once, and which one it is.
#pragma once

#include <memory>
#include <vector>

#include "span.hpp"
#include "streams/kind.hpp"
#include "streams/zstd.hpp"

namespace rootae {

// The body of a stream of the kind 4, of n numbers; it has to outlive this. Throws Error(corrupt).
class Dictionary final : public Kind {
 public:
  Dictionary(Bytes body, std::size_t n, Zstd zstd);
  [[nodiscard]] std::uint64_t most() const noexcept override { return most_; }
  void next(std::uint64_t* out, std::size_t count) override { look(out, count); }
  void next(std::uint32_t* out, std::size_t count) override { look(out, count); }

 private:
  template <class T>
  void look(T* out, std::size_t count);

  std::uint64_t most_ = 0;
  std::vector<std::uint64_t> values_;
  std::unique_ptr<Kind> indices_;
};

}  // namespace rootae
