#include "streams/runs.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "cursor.hpp"
#include "error.hpp"
#include "streams/stream.hpp"

namespace rootae {

namespace {

constexpr unsigned kMergedAtMost = 8;
constexpr std::size_t kContexts = std::size_t{1} << 16;

// How often each context occurs, those merged that differ in low bits only; four tables, so that
// one sum need not wait for the last where a context repeats itself.
template <class C>
std::vector<std::uint32_t> count(Span<const C> contexts, unsigned merged) {
  std::size_t size = kContexts >> merged;
  if constexpr (sizeof(C) == 1) size = (std::size_t{255} >> merged) + 1;
  if constexpr (sizeof(C) > 2) {
    C most = 0;
    for (const auto c : contexts) most = std::max(most, c);
    hold(most < kContexts, "a lane has contexts of 2^16 or more: the file is damaged");
  }
  std::vector<std::uint32_t> sums(4 * size);
  std::array<std::uint32_t*, 4> of{};
  for (std::size_t k = 0; k < 4; ++k) of[k] = sums.data() + k * size;
  std::size_t i = 0;
  for (; i + 4 <= contexts.size(); i += 4) {
    for (std::size_t k = 0; k < 4; ++k) ++of[k][contexts[i + k] >> merged];
  }
  for (; i < contexts.size(); ++i) ++of[0][contexts[i] >> merged];
  for (std::size_t c = 0; c < size; ++c) of[0][c] += of[1][c] + of[2][c] + of[3][c];
  sums.resize(size);
  return sums;
}

// Takes the next place of each of four contexts. All are read before any is written: where contexts
// repeat themselves, a processor would wait for each sum to be stored before it reads it again.
inline void advance(std::uint32_t* at, const std::array<std::uint32_t, 4>& c, std::uint32_t* to) {
  to[0] = at[c[0]];
  to[1] = at[c[1]] + (c[1] == c[0]);
  to[2] = at[c[2]] + (c[2] == c[0]) + (c[2] == c[1]);
  to[3] = at[c[3]] + (c[3] == c[0]) + (c[3] == c[1]) + (c[3] == c[2]);
  for (std::size_t k = 0; k < 4; ++k) at[c[k]] = to[k] + 1;
}

}  // namespace

Runs::Runs(Bytes data, ContextSpan contexts, Zstd zstd) : contexts_(contexts) {
  Cursor cursor(data);
  merged_ = cursor.byte();
  hold(merged_ <= kMergedAtMost, "contexts are merged by too many bits: the file is damaged");
  hold(rows_of(contexts) <= std::numeric_limits<std::uint32_t>::max(),
       "a lane has too many rows: the file is damaged");
  const std::vector<Bytes> parts = split(cursor.rest());
  at_ = std::visit([&](const auto& c) { return count(c, merged_); }, contexts_);
  const auto present = at_.size() - static_cast<std::size_t>(std::count(at_.begin(), at_.end(), 0));
  if (parts.size() != present) {
    corrupt(std::to_string(parts.size()) + " runs for " + std::to_string(present) +
            " contexts: the file is damaged");
  }
  read(parts, zstd);
}

// Reads all streams one behind the other; counts become where each begins.
void Runs::read(Span<const Bytes> parts, Zstd zstd) {
  std::vector<Stream> streams;
  streams.reserve(parts.size());
  std::uint32_t begin = 0;
  for (auto& at : at_) {
    const std::uint32_t n = at;
    at = begin;
    begin += n;
    if (n != 0) streams.emplace_back(parts[streams.size()], n, zstd);
  }
  const bool fits = std::all_of(streams.begin(), streams.end(),
                                [](const Stream& stream) { return stream.is_narrow(); });
  if (fits) {
    narrow_.resize(begin);
    std::array<std::int64_t, kBatch> batch;
    std::int32_t* out = narrow_.data();
    for (auto& stream : streams) {
      while (const std::size_t n = stream.next(batch.data())) {
        for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::int32_t>(batch[i]);
        out += n;
      }
    }
  } else {
    wide_.resize(begin);
    std::int64_t* out = wide_.data();
    for (auto& stream : streams) {
      while (const std::size_t n = stream.next(out)) out += n;
    }
  }
}

template <class C>
void Runs::gather(const C* contexts, std::size_t count, std::int64_t* out) noexcept {
  const auto from = [&, at = at_.data(), merged = merged_](const auto* values) {
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      std::uint32_t to[4];
      const std::uint32_t c[] = {contexts[i], contexts[i + 1], contexts[i + 2], contexts[i + 3]};
      advance(at, {c[0] >> merged, c[1] >> merged, c[2] >> merged, c[3] >> merged}, to);
      for (std::size_t k = 0; k < 4; ++k) out[i + k] = values[to[k]];
    }
    for (; i < count; ++i) out[i] = values[at[contexts[i] >> merged]++];
  };
  wide_.empty() ? from(narrow_.data()) : from(wide_.data());
}

std::size_t Runs::next(std::int64_t* out) noexcept {
  return std::visit(
      [&](const auto& c) {
        const std::size_t count = std::min(c.size() - done_, kBatch);
        gather(c.data() + done_, count, out);
        done_ += count;
        return count;
      },
      contexts_);
}

void decode_runs(Bytes data, const ContextSpan& contexts, Zstd zstd, Span<std::int64_t> out) {
  Runs runs(data, contexts, zstd);
  std::int64_t* at = out.data();
  while (const std::size_t count = runs.next(at)) at += count;
}

}  // namespace rootae
