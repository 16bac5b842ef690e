// One number, any number of times.
#pragma once

#include <algorithm>

#include "error.hpp"
#include "span.hpp"
#include "streams/kind.hpp"

namespace rootae {

// The body of a stream of the kind 0, which is empty.
class Constant final : public Kind {
 public:
  explicit Constant(Bytes body) {
    hold(body.empty(), "bytes follow a constant: the file is damaged");
  }
  [[nodiscard]] std::uint64_t most() const noexcept override { return 0; }
  void next(std::uint64_t* out, std::size_t count) override { std::fill_n(out, count, 0); }
  void next(std::uint32_t* out, std::size_t count) override { std::fill_n(out, count, 0); }
};

}  // namespace rootae
