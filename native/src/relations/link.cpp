#include "relations/link.hpp"

#include <type_traits>

#include "error.hpp"

namespace rootae {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::size_t kRowsAtMost = std::size_t{1} << 31;  // of a group in a block
constexpr char kOtherCounts[] = "groups that see one another have other counts than rows";

// The counts of an entry, none of them more than is left.
[[nodiscard]] std::size_t counted(std::int64_t count, std::size_t left) {
  hold(count >= 0 && static_cast<std::uint64_t>(count) <= left, kOtherCounts);
  return static_cast<std::size_t>(count);
}

// Returns the other group's rows.
template <class T>
std::size_t find(const T* by, std::size_t rows, Span<const std::int64_t> mine,
                 Span<const std::int64_t> theirs, std::uint32_t* objects) {
  std::size_t row = 0, first = 0;
  for (std::size_t entry = 0; entry < mine.size(); ++entry) {
    const std::size_t own = counted(mine[entry], rows - row);
    const std::size_t others = counted(theirs[entry], kRowsAtMost - first);
    for (const std::size_t end = row + own; row < end; ++row) {
      std::uint64_t index;  // negative ones are beyond all counts
      if constexpr (std::is_same_v<T, Boolean>) {
        index = by[row] != Boolean{0};
      } else {
        index = static_cast<std::uint64_t>(static_cast<std::int64_t>(by[row]));
      }
      const std::uint32_t beyond = index < others ? 0 : kNone;
      objects[row] = static_cast<std::uint32_t>(first + index) | beyond;
    }
    first += others;
  }
  hold(row == rows, kOtherCounts);
  return first;
}

// Zero has no bits in any type, so that values are moved by their size alone.
template <class U>
void gather(const U* values, const std::vector<std::uint32_t>& objects, U* out) noexcept {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto is_there = std::uint64_t{0} - (objects[i] != kNone);
    out[i] = static_cast<U>(values[objects[i] & is_there] & is_there);
  }
}

}  // namespace

Places::Places(ConstValues by, Span<const std::int64_t> mine, Span<const std::int64_t> theirs) {
  hold(mine.size() == theirs.size() && by.rows <= kRowsAtMost, kOtherCounts);
  objects_.resize(by.rows);
  visit(by.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_floating_point_v<T>) {
      corrupt("a link is by a lane that is not whole");
    } else {
      others_ = find(by.as<T>(), by.rows, mine, theirs, objects_.data());
    }
  });
}

void Places::follow(ConstValues values, Values out) const {
  hold(values.rows == others_, kOtherCounts);
  if (out.type != values.type || out.rows != objects_.size())
    throw Error(ErrorKind::argument, "a link's values do not fit its rows");
  const std::size_t size = size_of(out.type);
  if (others_ == 0) {
    if (out.rows) std::memset(out.data, 0, out.rows * size);
  } else if (size == 1) {
    gather(values.as<std::uint8_t>(), objects_, out.as<std::uint8_t>());
  } else if (size == 2) {
    gather(values.as<std::uint16_t>(), objects_, out.as<std::uint16_t>());
  } else if (size == 4) {
    gather(values.as<std::uint32_t>(), objects_, out.as<std::uint32_t>());
  } else {
    gather(values.as<std::uint64_t>(), objects_, out.as<std::uint64_t>());
  }
}

}  // namespace rootae
