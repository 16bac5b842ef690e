#include "units.hpp"

#include <algorithm>

namespace rootae {
namespace {

std::size_t length(std::int64_t n) { return n == kRows ? 1 : static_cast<std::size_t>(n); }

// Units from each index of a dimension to the next.
std::vector<std::size_t> strides_of(const Shape& shape) {
  std::vector<std::size_t> strides(shape.size());
  std::size_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= length(shape[i]);
  }
  return strides;
}

// Every unit of a shape, row by row, by the strides of another array.
Units walk(const Shape& shape, const std::vector<std::size_t>& strides) {
  Units units = {0};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t n = length(shape[i]);
    if (n == 1) continue;
    Units longer;
    longer.reserve(units.size() * n);
    for (const std::uint32_t first : units) {
      for (std::size_t j = 0; j < n; ++j) {
        longer.push_back(static_cast<std::uint32_t>(first + j * strides[i]));
      }
    }
    units = std::move(longer);
  }
  return units;
}

// Nothing for 0, 1, 2, ...
Units spare(Units units) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i] != i) return units;
  }
  return {};
}

// The strides of an array that is broadcast: 0 along what it does not have.
std::vector<std::size_t> broadcast_strides(const Shape& from, const Shape& to, std::size_t size) {
  std::vector<std::size_t> strides(to.size(), 0);
  const std::vector<std::size_t> own = strides_of(from);
  const std::size_t before = to.size() - from.size();
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (length(from[i]) != 1) strides[before + i] = own[i] * size;
  }
  return strides;
}

}  // namespace

Units broadcast_units(const Shape& from, const Shape& to) {
  return spare(walk(to, broadcast_strides(from, to, 1)));
}

Units matrix_units(const Shape& leading, const Shape& to, std::size_t size) {
  return walk(to, broadcast_strides(leading, to, size));
}

Units transposed_units(const Shape& from, const std::vector<std::int64_t>& order) {
  const std::vector<std::size_t> own = strides_of(from);
  Shape to;
  std::vector<std::size_t> strides;
  for (const std::int64_t i : order) {
    to.push_back(from[static_cast<std::size_t>(i)]);
    strides.push_back(own[static_cast<std::size_t>(i)]);
  }
  return spare(walk(to, strides));
}

Units gathered_units(const Shape& from, std::int64_t axis, const Initializer& index) {
  const auto at = from.begin() + axis;
  const auto outer = units_of({from.begin(), at}), inner = units_of({at + 1, from.end()});
  const std::vector<std::int64_t> wanted = integers_of(index);
  Units units;
  units.reserve(static_cast<std::size_t>(outer * inner) * wanted.size());
  for (std::uint64_t o = 0; o < outer; ++o) {
    for (const std::int64_t i : wanted) {
      const std::uint64_t first = (o * static_cast<std::uint64_t>(*at) +
                                   static_cast<std::uint64_t>(i < 0 ? i + *at : i)) * inner;
      for (std::uint64_t k = 0; k < inner; ++k) {
        units.push_back(static_cast<std::uint32_t>(first + k));
      }
    }
  }
  return units;
}

std::uint64_t units_behind_rows(const Shape& shape) noexcept {
  const auto rows = std::find(shape.begin(), shape.end(), kRows);
  std::uint64_t units = 1;
  if (rows == shape.end()) return units;
  for (auto n = rows + 1; n != shape.end(); ++n) units *= static_cast<std::uint64_t>(*n);
  return units;
}

}  // namespace rootae
