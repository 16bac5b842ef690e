#include "streams/runs.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include "cursor.hpp"
#include "error.hpp"
#include "processor.hpp"
#include "streams/stream.hpp"

namespace rootae {

namespace {

constexpr unsigned kMergedAtMost = 8;
constexpr std::size_t kContexts = std::size_t{1} << 16;
constexpr std::size_t kBytes = 256;           // the size of all tables of contexts of one byte
constexpr std::size_t kFew = 4 * kBatch;  // rows that are read from one place

// Counts contexts from four places on, each in a table of its own.
template <class C>
void count_quarters(const C* contexts, std::size_t quarter, unsigned merged, std::size_t table,
                    std::uint32_t* at) noexcept {
  for (std::size_t i = 0; i < quarter; ++i)
    for (std::size_t k = 0; k < kStretches; ++k)
      ++at[k * table + (contexts[k * quarter + i] >> merged)];
}

// Bytes that are compared at a time: those of a register.
template <class Level>
struct Many {
  __extension__ using Type = unsigned char __attribute__((vector_size(32)));
};

template <>
struct Many<Plain> {
  __extension__ using Type = unsigned char __attribute__((vector_size(16)));
};

constexpr std::size_t kFewContexts = 48, kAtOnce = 255 * sizeof(Many<Plain>::Type);

// Adds how many of some bytes, at most kAtOnce, are each of 0, 1, ..., most: where these are few,
// comparing many bytes at a time is quicker than counting one by one.
template <class Level>
void count_few(Level, const std::uint8_t* contexts, std::size_t rows, unsigned most,
               std::uint32_t* at) noexcept {
  for (unsigned c = 0; c <= most; ++c) {
    using Register = typename Many<Level>::Type;
    const Register wanted = Register{} + static_cast<unsigned char>(c);
    Register sums{}, some;
    std::size_t i = 0;
    for (; i + sizeof some <= rows; i += sizeof some) {
      std::memcpy(&some, contexts + i, sizeof some);
      sums -= reinterpret_cast<Register>(some == wanted);  // which is -1
    }
    std::uint8_t bytes[sizeof(Register)];
    std::memcpy(bytes, &sums, sizeof sums);
    std::uint32_t sum = 0;
    for (const std::uint8_t one : bytes) sum += one;
    for (; i < rows; ++i) sum += contexts[i] == c;
    at[c] += sum;
  }
}

[[nodiscard]] std::uint8_t most_of(const std::uint8_t* contexts, std::size_t rows) noexcept {
  std::uint8_t most = 0;
  for (std::size_t i = 0; i < rows; ++i) most = std::max(most, contexts[i]);
  return most;
}

// With what is known beforehand told to the compiler, places are near their tables' beginning.
template <bool whole, class C, class Value, class Code>
void gather_quarters(const C* contexts, std::size_t quarter, unsigned merged, std::size_t table,
                     std::uint32_t* __restrict at, const Value* __restrict values,
                     std::size_t count, Code* __restrict out) noexcept {
  const std::size_t size = sizeof(C) == 1 ? kBytes : table;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k < kStretches; ++k) {
      const std::size_t context = contexts[k * quarter + i];
      const std::uint32_t place = at[k * size + (whole ? context : context >> merged)]++;
      out[k * kBatch + i] = static_cast<Code>(values[place]);
    }
}

template <class C, class Value, class Code>
void gather(const C* contexts, unsigned merged, std::uint32_t* __restrict at,
            const Value* __restrict values, std::size_t count, Code* __restrict out) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = static_cast<Code>(values[at[contexts[i] >> merged]++]);
}

}  // namespace

Runs::Runs(Bytes data, ContextSpan contexts, Zstd zstd, Memories& memories)
    : contexts_(contexts) {
  Cursor cursor(data);
  merged_ = cursor.byte();
  hold(merged_ <= kMergedAtMost, "contexts are merged by too many bits: the file is damaged");
  const std::size_t rows = rows_of(contexts);
  hold(rows <= std::numeric_limits<std::uint32_t>::max(),
       "a lane has too many rows: the file is damaged");
  quarter_ = rows > kFew ? rows / kStretches : 0;
  const std::vector<Bytes> parts = split(cursor.rest());
  std::visit([&](const auto& c) { count(c); }, contexts_);
  begin();
  const auto present = static_cast<std::size_t>(
      rows_of_.size() - static_cast<std::size_t>(std::count(rows_of_.begin(), rows_of_.end(), 0)));
  if (parts.size() != present) {
    corrupt(std::to_string(parts.size()) + " runs for " + std::to_string(present) +
            " contexts: the file is damaged");
  }
  read_all(parts, zstd, memories);
}

// How often each context occurs from each place on, those merged that differ in low bits only.
template <class C>
void Runs::count(Span<const C> contexts) {
  if constexpr (sizeof(C) == 1) {
    size_ = kBytes;
  } else {
    C most = 0;
    for (const auto c : contexts) most = std::max(most, c);
    hold(most < kContexts, "a lane has contexts of 2^16 or more: the file is damaged");
    size_ = (std::size_t{most} >> merged_) + 1;
  }
  const std::size_t places = quarter_ != 0 ? kStretches : 1;
  at_.assign(places * size_, 0);
  if constexpr (sizeof(C) == 1) {
    const unsigned most = quickly([](auto, auto... all) { return most_of(all...); },
                                  contexts.data(), kStretches * quarter_);
    if (most < kFewContexts) return count_side_by_side(contexts, most);
  }
  count_quarters(contexts.data(), quarter_, merged_, size_, at_.data());
  count_rest(contexts);
}

// Those of one byte, none above `most`.
void Runs::count_side_by_side(Span<const std::uint8_t> contexts, unsigned most) {
  for (std::size_t k = 0; k < at_.size() / size_; ++k) {
    std::uint32_t found[kFewContexts] = {};
    for (std::size_t i = 0; i < quarter_; i += kAtOnce)
      quickly([](auto... all) { count_few(all...); }, contexts.data() + k * quarter_ + i,
              std::min(kAtOnce, quarter_ - i), most, static_cast<std::uint32_t*>(found));
    for (unsigned c = 0; c <= most; ++c) at_[k * size_ + (c >> merged_)] += found[c];
  }
  count_rest(contexts);
}

// Those behind the quarters are gone through from the last place on.
template <class C>
void Runs::count_rest(Span<const C> contexts) {
  std::uint32_t* const last = at_.data() + (at_.size() - size_);
  for (std::size_t i = kStretches * quarter_; i < contexts.size(); ++i)
    ++last[contexts[i] >> merged_];
}

// Counts become where the values of each context begin, from each place on.
void Runs::begin() {
  rows_of_.assign(size_, 0);
  std::uint32_t next = 0;
  for (std::size_t c = 0; c < size_; ++c) {
    const std::uint32_t first = next;
    for (std::size_t at = c; at < at_.size(); at += size_) {
      const std::uint32_t n = at_[at];
      at_[at] = next;
      next += n;
    }
    rows_of_[c] = next - first;
  }
}

// Reads all streams one behind the other.
void Runs::read_all(Span<const Bytes> parts, Zstd zstd, Memories& memories) {
  std::vector<Stream> streams;
  streams.reserve(parts.size());
  for (const std::uint32_t n : rows_of_)
    if (n != 0) streams.emplace_back(parts[streams.size()], n, zstd);
  is_narrow_ = std::all_of(streams.begin(), streams.end(),
                           [](const Stream& stream) { return stream.is_narrow(); });
  values_ = memories.take(rows_of(contexts_) * (is_narrow_ ? 4 : 8));
  const auto read_into = [&](auto* out) {
    for (auto& stream : streams)
      while (const std::size_t n = stream.next(out)) out += n;
  };
  is_narrow_ ? read_into(values_.as<std::int32_t>()) : read_into(values_.as<std::int64_t>());
}

template <class Code>
Batch Runs::read(Code* out) noexcept {
  Batch batch;
  const auto from = [&](const auto& contexts, const auto* values) {
    if (done_ < quarter_) {
      batch.count = std::min(quarter_ - done_, kBatch);
      batch.stretches = kStretches;
      for (std::size_t k = 0; k < kStretches; ++k) batch.first[k] = k * quarter_ + done_;
      const auto go = [&](auto loop) {
        quickly(loop, contexts.data() + done_, quarter_, merged_, size_, at_.data(), values,
                batch.count, out);
      };
      merged_ == 0 ? go([](auto, auto... all) { gather_quarters<true>(all...); })
                   : go([](auto, auto... all) { gather_quarters<false>(all...); });
      done_ += batch.count;
      if (done_ == quarter_) done_ = kStretches * quarter_;
      return;
    }
    batch.count = std::min(contexts.size() - done_, kBatch);
    batch.first[0] = done_;
    gather(contexts.data() + done_, merged_, at_.data() + (at_.size() - size_), values,
           batch.count, out);
    done_ += batch.count;
  };
  std::visit(
      [&](const auto& c) {
        is_narrow_ ? from(c, values_.as<const std::int32_t>())
                   : from(c, values_.as<const std::int64_t>());
      },
      contexts_);
  return batch;
}

template Batch Runs::read(std::int64_t*) noexcept;
template Batch Runs::read(std::int32_t*) noexcept;

void decode_runs(Bytes data, const ContextSpan& contexts, Zstd zstd, Span<std::int64_t> out) {
  Memories memories;
  Runs runs(data, contexts, zstd, memories);
  const auto into = [&](auto* batch) {
    while (true) {
      const Batch found = runs.next(batch);
      if (found.count == 0) return;
      found.each([&](std::size_t at, std::size_t first, std::size_t count) {
        std::copy_n(batch + at, count, out.data() + first);
      });
    }
  };
  std::int32_t narrow[kBatches];
  std::int64_t wide[kBatches];
  runs.is_narrow() ? into(narrow) : into(wide);
}

}  // namespace rootae
