#include "lane.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>

#include "cursor.hpp"
#include "error.hpp"
#include "processor.hpp"

namespace rootae {

namespace {

constexpr unsigned kShiftAtMost = 63;

// What a mode needs; whoever calls has made it as long as the lane.
template <class T>
const T& needed(const std::optional<T>& found, std::size_t found_rows, std::size_t rows,
                const char* what) {
  if (!found) {
    corrupt(std::string("a lane is in a mode that needs its ") + what +
            ", and has none: the file is damaged");
  }
  if (found_rows != rows) {
    throw Error(ErrorKind::argument, std::string("a lane is given other rows than its ") + what);
  }
  return *found;
}

template <class T>
const T& needed(const std::optional<T>& found, std::size_t rows, const char* what) {
  return needed(found, found ? found->size() : 0, rows, what);
}

template <class Centre>
void add_centres(std::int64_t* codes, const Centre* centre, std::size_t count,
                 unsigned shift) noexcept {
  // Shifted as unsigned numbers, which more machines do side by side.
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  const std::uint64_t low = half >> shift;
  auto* const sums = reinterpret_cast<std::uint64_t*>(codes);
  for (std::size_t i = 0; i < count; ++i)
    sums[i] += ((static_cast<std::uint64_t>(std::int64_t{centre[i]}) + half) >> shift) - low;
}

template <class Centre>
void add_centres(std::int32_t* codes, const Centre* centre, std::size_t count,
                 unsigned shift) noexcept {
  auto* const sums = reinterpret_cast<std::uint32_t*>(codes);
  for (std::size_t i = 0; i < count; ++i)
    sums[i] += static_cast<std::uint32_t>(static_cast<std::int32_t>(centre[i]) >> shift);
}

// Negative codes are complements of magnitudes with as many low ones.
template <class Code>
void unshift(Code* codes, std::size_t count, unsigned shift) noexcept {
  using U = std::make_unsigned_t<Code>;
  auto* const integers = reinterpret_cast<U*>(codes);
  const U ones = static_cast<U>((U{1} << shift) - 1);
  for (std::size_t i = 0; i < count; ++i) {
    const U sign = static_cast<U>(0 - (integers[i] >> (std::numeric_limits<U>::digits - 1)));
    integers[i] = integers[i] << shift | (sign & ones);
  }
}

void narrow(std::int64_t* codes, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(codes[i]));
  }
}

}  // namespace

LaneReader::LaneReader(const StoredLane& lane, Zstd zstd, Memories& memories) {
  Cursor cursor(lane.blob);
  escapes_ = read_escapes(cursor, lane.rows, lane.type, zstd);
  switch (static_cast<Mode>(lane.mode)) {
    case Mode::plain:
    case Mode::contexts:
    case Mode::bits:
    case Mode::centred: open(lane, cursor, zstd, memories); break;
    case Mode::derived: applies_ = Applies::rule; break;
    case Mode::predicted: predicted_ = needed(lane.predicted, lane.rows, "stage"); break;
    default:
      corrupt("a lane has the unknown mode " + std::to_string(lane.mode) +
              ": the file is damaged");
  }
  hold(cursor.rest().empty(), "bytes follow a lane that needs none: the file is damaged");
}

void LaneReader::open(const StoredLane& lane, Cursor& cursor, Zstd zstd, Memories& memories) {
  const auto mode = static_cast<Mode>(lane.mode);
  const bool by_bits = mode == Mode::bits;
  hold(!by_bits || is_float(lane.type),
       "a lane of integers is stored as floats: the file is damaged");
  applies_ = by_bits ? Applies::bits : Applies::grid;
  is_modular_ = lane.type == Type::float32 && (by_bits || lane.by_bits);
  shift_ = cursor.byte();
  if (shift_ > kShiftAtMost) {
    corrupt("a lane is shifted by " + std::to_string(shift_) + " bits: the file is damaged");
  }
  if (mode == Mode::centred || (mode == Mode::contexts && lane.centre)) {
    centre_ = needed(lane.centre, lane.rows, "centre");
  }
  if (mode == Mode::contexts) {
    const std::size_t rows = lane.contexts ? rows_of(*lane.contexts) : 0;
    const ContextSpan& contexts = needed(lane.contexts, rows, lane.rows, "contexts");
    stored_.emplace<Runs>(cursor.rest(), contexts, zstd, memories);
  } else {
    stored_.emplace<Stream>(cursor.rest(), lane.rows, zstd);
  }
  is_narrow_ = fits(lane);
}

// Stored integers are narrow if they lie within 2^29, so that a centre within as much may be added.
bool LaneReader::fits(const StoredLane& lane) const noexcept {
  if (is_modular_ && shift_ == 0) return true;
  const auto* const stream = std::get_if<Stream>(&stored_);
  if (!(stream != nullptr ? stream->is_narrow() : std::get<Runs>(stored_).is_narrow())) return false;
  if (is_modular_)  // what is shifted has to have its own sign
    return shift_ < 32 && (!centre_ || (lane.least >= INT32_MIN && lane.most <= INT32_MAX));
  constexpr std::int64_t reach = std::int64_t{1} << 29;
  return shift_ == 0 && (!centre_ || (lane.least >= -reach && lane.most < reach));
}

template <class Code>
Batch LaneReader::read(Code* out) {
  Batch batch;
  if (auto* const stream = std::get_if<Stream>(&stored_)) {
    batch = read_stream(*stream, out);
  } else if (auto* const runs = std::get_if<Runs>(&stored_)) {
    batch = runs->next(out);
  } else {
    return read_predicted(out);
  }
  batch.each([&](std::size_t at, std::size_t first, std::size_t count) {
    place(out + at, first, count);
  });
  return batch;
}

template <class Code>
Batch LaneReader::read_stream(Stream& stream, Code* out) {
  Batch batch;
  batch.first[0] = done_;
  while (batch.count + kBatch <= kBatches) {
    const std::size_t count = stream.next(out + batch.count);
    if (count == 0) break;
    batch.count += count;
  }
  done_ += batch.count;
  return batch;
}

template <class Code>
Batch LaneReader::read_predicted(Code* out) noexcept {
  Batch batch;
  batch.first[0] = done_;
  batch.count = std::min(predicted_.size() - done_, kBatches);
  for (std::size_t i = 0; i < batch.count; ++i) out[i] = static_cast<Code>(predicted_[done_ + i]);
  done_ += batch.count;
  return batch;
}

// Turns stored integers of rows into codes.
template <class Code>
void LaneReader::place(Code* codes, std::size_t first, std::size_t count) const noexcept {
  if (centre_)
    centre_->visit([&](auto centre) {
      quickly([](auto, auto... all) { add_centres(all...); }, codes, centre.data() + first, count,
              shift_);
    });
  if (shift_ != 0) quickly([](auto, auto... all) { unshift(all...); }, codes, count, shift_);
  if constexpr (sizeof(Code) == 8) {
    if (is_modular_) narrow(codes, count);
  }
}

template Batch LaneReader::read(std::int64_t*);
template Batch LaneReader::read(std::int32_t*);

namespace {

template <class Code>
void read_all(LaneReader& reader, Span<std::int64_t> codes) {
  Code batch[kBatches];
  for (Batch found = reader.next(batch); found.count != 0; found = reader.next(batch))
    found.each([&](std::size_t at, std::size_t first, std::size_t count) {
      std::copy_n(batch + at, count, codes.data() + first);
    });
}

}  // namespace

DecodedLane decode_lane(const StoredLane& lane, Zstd zstd, Span<std::int64_t> codes) {
  if (codes.size() != lane.rows) {
    throw Error(ErrorKind::argument, "a lane is given memory for another number of rows");
  }
  Memories memories;
  LaneReader reader(lane, zstd, memories);
  reader.is_narrow() ? read_all<std::int32_t>(reader, codes)
                     : read_all<std::int64_t>(reader, codes);
  const Applies applies = reader.applies();
  return {std::move(reader).escapes(), applies};
}

}  // namespace rootae
