#include "lane.hpp"

#include <algorithm>
#include <string>

#include "cursor.hpp"
#include "error.hpp"

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

const Span<const std::int64_t>& needed(const std::optional<Span<const std::int64_t>>& found,
                                       std::size_t rows, const char* what) {
  return needed(found, found ? found->size() : 0, rows, what);
}

void add_centres(std::uint64_t* codes, const std::int64_t* centre, std::size_t count,
                 unsigned shift) noexcept {
  // Shifted as unsigned numbers, which more machines do side by side.
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  const std::uint64_t low = half >> shift;
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] += ((static_cast<std::uint64_t>(centre[i]) + half) >> shift) - low;
  }
}

// Negative codes are complements of magnitudes with as many low ones.
void unshift(std::uint64_t* codes, std::size_t count, unsigned shift) noexcept {
  const std::uint64_t ones = (std::uint64_t{1} << shift) - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t sign = 0 - (codes[i] >> 63);
    codes[i] = codes[i] << shift | (sign & ones);
  }
}

void narrow(std::int64_t* codes, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(codes[i]));
  }
}

}  // namespace

LaneReader::LaneReader(const StoredLane& lane, Zstd zstd) {
  Cursor cursor(lane.blob);
  escapes_ = read_escapes(cursor, lane.rows, lane.type, zstd);
  switch (static_cast<Mode>(lane.mode)) {
    case Mode::plain:
    case Mode::contexts:
    case Mode::bits:
    case Mode::centred: open(lane, cursor, zstd); break;
    case Mode::derived: applies_ = Applies::rule; break;
    case Mode::predicted: predicted_ = needed(lane.predicted, lane.rows, "stage"); break;
    default:
      corrupt("a lane has the unknown mode " + std::to_string(lane.mode) +
              ": the file is damaged");
  }
  hold(cursor.rest().empty(), "bytes follow a lane that needs none: the file is damaged");
}

void LaneReader::open(const StoredLane& lane, Cursor& cursor, Zstd zstd) {
  const auto mode = static_cast<Mode>(lane.mode);
  const bool by_bits = mode == Mode::bits;
  hold(!by_bits || is_float(lane.type),
       "a lane of integers is stored as floats: the file is damaged");
  applies_ = by_bits ? Applies::bits : Applies::grid;
  is_narrow_ = lane.type == Type::float32 && (by_bits || lane.by_bits);
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
    stored_.emplace<Runs>(cursor.rest(), contexts, zstd);
  } else {
    stored_.emplace<Stream>(cursor.rest(), lane.rows, zstd);
  }
}

std::size_t LaneReader::next(std::int64_t* out) {
  std::size_t count = 0;
  if (auto* const stream = std::get_if<Stream>(&stored_)) {
    count = stream->next(out);
  } else if (auto* const runs = std::get_if<Runs>(&stored_)) {
    count = runs->next(out);
  } else {
    return next_predicted(out);
  }
  place(out, count);
  return count;
}

std::size_t LaneReader::next_predicted(std::int64_t* out) noexcept {
  const std::size_t count = std::min(predicted_.size(), kBatch);
  std::copy_n(predicted_.data(), count, out);
  predicted_ = predicted_.part(count, predicted_.size() - count);
  return count;
}

// Turns stored integers into codes.
void LaneReader::place(std::int64_t* codes, std::size_t count) noexcept {
  auto* const integers = reinterpret_cast<std::uint64_t*>(codes);
  if (centre_) {
    add_centres(integers, centre_->data(), count, shift_);
    centre_ = centre_->part(count, centre_->size() - count);
  }
  if (shift_ != 0) unshift(integers, count, shift_);
  if (is_narrow_) narrow(codes, count);
}

DecodedLane decode_lane(const StoredLane& lane, Zstd zstd, Span<std::int64_t> codes) {
  if (codes.size() != lane.rows) {
    throw Error(ErrorKind::argument, "a lane is given memory for another number of rows");
  }
  LaneReader reader(lane, zstd);
  std::int64_t* at = codes.data();
  while (const std::size_t count = reader.next(at)) at += count;
  const Applies applies = reader.applies();
  return {std::move(reader).escapes(), applies};
}

}  // namespace rootae
