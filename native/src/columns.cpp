#include "columns.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

#include "crc32.hpp"
#include "error.hpp"
#include "plan/shown.hpp"

namespace rootae {

namespace {

constexpr std::size_t kRows = 64;  // at a time: of all lanes, they stay near the processor

struct Count {
  std::uint64_t sum = 0, most = 0;  // without meaning if it is odd
  bool is_odd = false;              // one is negative, or more than there are rows
};

template <class T>
Count count(const T* counts, std::size_t entries, std::uint64_t rows) {
  Count found;
  for (std::size_t i = 0; i < entries; ++i) {
    const auto one = static_cast<std::uint64_t>(counts[i]);  // negative ones are the largest
    found.sum += one;
    found.most = std::max(found.most, one);
  }
  found.is_odd = found.most > rows;
  return found;
}

Count count(ConstValues values, std::uint64_t rows) {
  return visit(values.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_integral_v<T>) {
      return count(values.template as<T>(), values.rows, rows);
    } else {
      return Count{0, 0, true};
    }
  });
}

[[noreturn]] void disagree(std::string_view name) {
  corrupt("column " + shown(name) +
          " has another number of values than its block: the file is damaged");
}

template <class U>
void interleave(Span<const Index> lanes, const Held& held, std::size_t rows, U* out) {
  const std::size_t width = lanes.size();
  for (std::size_t first = 0; first < rows; first += kRows) {
    const std::size_t end = std::min(first + kRows, rows);
    for (std::size_t k = 0; k < width; ++k) {
      const U* const from = reinterpret_cast<const U*>(held[lanes[k]].values.data);
      for (std::size_t i = first; i < end; ++i) out[i * width + k] = from[i];
    }
  }
}

// Says what a blob is of.
std::string name_of(const CompiledTree& tree, Index blob) {
  const Layout& layout = tree.layout();
  for (Index group = 0; group < layout.groups(); ++group) {
    if (layout.latent_blobs[group] != blob) continue;
    const std::string& name = tree.plan().groups[group].name;
    return "group " + (name.empty() ? "of event scalars" : shown(name));
  }
  const auto found = std::find(layout.lane_blobs.begin(), layout.lane_blobs.end(), blob);
  const auto lane = static_cast<Index>(found - layout.lane_blobs.begin());
  return "column " + shown(tree.plan().columns[layout.column_of[lane]].name);
}

}  // namespace

void check_sum(const CompiledTree& tree, const Directory& directory, Index blob, Bytes bytes) {
  if (crc32(bytes) == directory.sums[blob]) return;
  corrupt(name_of(tree, blob) + " is damaged: the checksum does not match");
}

void check_counts(const CompiledTree& tree, Index group, const Directory& directory,
                  const Held& held) {
  const Index counter = tree.counter_of_group(group);
  const std::uint64_t rows = directory.rows[group];
  if (counter == kNoColumn) {
    if (rows != directory.entries) disagree(tree.plan().groups[group].lanes.at(0).column);
    return;
  }
  const std::string& name = tree.plan().columns[counter].name;
  const Count found = count(held[tree.layout().lanes_of(counter)[0]].values, rows);
  if (found.is_odd || found.sum != rows) disagree(name);
  if (found.most != directory.most[group])
    corrupt("column " + shown(name) + " counts up to " + std::to_string(found.most) +
            ", its block says " + std::to_string(directory.most[group]) + ": the file is damaged");
}

void write_column(Span<const Index> lanes, const Held& held, std::uint8_t* out) {
  const ConstValues first = held[lanes[0]].values;
  const std::size_t size = size_of(first.type);
  if (lanes.size() == 1) {
    if (first.rows != 0 && out != first.data) std::memcpy(out, first.data, first.rows * size);
    return;
  }
  std::vector<std::uint8_t> aligned;  // a caller's memory may begin anywhere
  const bool begins_well = reinterpret_cast<std::uintptr_t>(out) % size == 0;
  if (!begins_well) aligned.resize(first.rows * lanes.size() * size);
  std::uint8_t* const to = begins_well ? out : aligned.data();
  switch (size) {
    case 1: interleave(lanes, held, first.rows, to); break;
    case 2: interleave(lanes, held, first.rows, reinterpret_cast<std::uint16_t*>(to)); break;
    case 4: interleave(lanes, held, first.rows, reinterpret_cast<std::uint32_t*>(to)); break;
    default: interleave(lanes, held, first.rows, reinterpret_cast<std::uint64_t*>(to)); break;
  }
  if (!begins_well && !aligned.empty()) std::memcpy(out, aligned.data(), aligned.size());
}

}  // namespace rootae
