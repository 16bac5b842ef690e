#include "streams/stream.hpp"

#include <algorithm>
#include <string>

#include "cursor.hpp"
#include "error.hpp"
#include "processor.hpp"
#include "streams/kinds/constant.hpp"
#include "streams/kinds/dictionary.hpp"
#include "streams/kinds/frames.hpp"
#include "streams/page.hpp"

namespace rootae {

namespace {

using Open = std::unique_ptr<Kind> (*)(Bytes body, std::size_t n, Zstd zstd);

// By their code.
constexpr Open kKinds[] = {
    [](Bytes body, std::size_t, Zstd) -> std::unique_ptr<Kind> {
      return std::make_unique<Constant>(body);
    },
    [](Bytes body, std::size_t n, Zstd) { return open_page(body, n); },
    [](Bytes body, std::size_t n, Zstd zstd) -> std::unique_ptr<Kind> {
      return std::make_unique<FrameOfBytes>(body, n, zstd);
    },
    [](Bytes body, std::size_t n, Zstd zstd) -> std::unique_ptr<Kind> {
      return std::make_unique<FrameOfBits>(body, n, zstd);
    },
    [](Bytes body, std::size_t n, Zstd zstd) -> std::unique_ptr<Kind> {
      return std::make_unique<Dictionary>(body, n, zstd);
    },
};

template <class U>
void raise(U* integers, std::size_t count, U low) noexcept {
  for (std::size_t i = 0; i < count; ++i) integers[i] += low;
}

}  // namespace

Stream::Stream(Bytes data, std::size_t n, Zstd zstd) : low_(0), left_(n) {
  Cursor cursor(data);
  const unsigned code = cursor.byte();
  low_ = static_cast<std::uint64_t>(cursor.svarint());
  if (n == 0) {
    hold(data.size() == 2 && code == 0 && low_ == 0,
         "a stream of no integers holds some: the file is damaged");
    return;
  }
  if (code >= std::size(kKinds)) {
    corrupt("a stream is of the unknown kind " + std::to_string(code) + ": the file is damaged");
  }
  kind_ = kKinds[code](cursor.rest(), n, zstd);
}

bool Stream::is_narrow() const noexcept {
  constexpr std::uint64_t reach = std::uint64_t{1} << 29;
  if (kind_ == nullptr) return true;
  const std::uint64_t most = kind_->most();
  return most < 2 * reach && low_ + reach < 2 * reach - most;
}

template <class U>
std::size_t Stream::read(std::make_signed_t<U>* out) {
  const std::size_t count = std::min(left_, kBatch);
  if (count == 0) return 0;
  auto* const integers = reinterpret_cast<U*>(out);
  kind_->next(integers, count);
  quickly([](auto, auto... all) { raise(all...); }, integers, count, static_cast<U>(low_));
  left_ -= count;
  return count;
}

template std::size_t Stream::read<std::uint64_t>(std::int64_t*);
template std::size_t Stream::read<std::uint32_t>(std::int32_t*);

void decode_stream(Bytes data, Zstd zstd, Span<std::int64_t> out) {
  Stream stream(data, out.size(), zstd);
  std::int64_t* at = out.data();
  while (const std::size_t count = stream.next(at)) at += count;
}

}  // namespace rootae
