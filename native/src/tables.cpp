#include "tables.hpp"

#include <cstring>
#include <string>

#include "cursor.hpp"
#include "error.hpp"
#include "little_endian.hpp"

namespace rootae {

namespace {

constexpr std::uint64_t kBytesAtMost = 1 << 26;    // of tables, and of networks
constexpr std::size_t kTablesAtMost = 1 << 20;
constexpr std::size_t kNumbersAtMost = 1 << 24;    // of all tables
constexpr std::size_t kKeptAtMost = 64 << 20;      // bytes of diagrams that are kept

template <class T>
Table widened(Bytes numbers) {
  Table table(numbers.size() / sizeof(T));
  for (std::size_t i = 0; i < table.size(); ++i) {
    T number;
    std::memcpy(&number, numbers.data() + i * sizeof(T), sizeof(T));
    table[i] = number;
  }
  return table;
}

// A table is a byte that says how many bytes a number has, and numbers.
Table table_of(Bytes part, std::size_t& left) {
  const std::size_t width = part.empty() ? 0 : part[0], bytes = part.size() - 1;
  const bool known = width == 1 || width == 2 || width == 4 || width == 8;
  if (!known || bytes % width != 0)
    corrupt("a table of a codec has " + std::to_string(part.size()) +
            " bytes, no whole numbers: the file is damaged");
  hold(bytes / width <= left, "a codec's tables have over 2^24 numbers: the file is damaged");
  left -= bytes / width;
  const Bytes numbers = part.part(1, bytes);
  switch (width) {
    case 1: return widened<std::int8_t>(numbers);
    case 2: return widened<std::int16_t>(numbers);
    case 4: return widened<std::int32_t>(numbers);
    default: return widened<std::int64_t>(numbers);
  }
}

}  // namespace

std::vector<std::uint8_t> unpack(Bytes stored, Zstd zstd, const char* what) {
  Cursor cursor(stored);
  const std::uint64_t size = cursor.varint();
  if (size > kBytesAtMost)
    corrupt("a codec announces " + std::to_string(size) + " bytes of " + what +
            ": the file is damaged");
  return decompress(zstd, cursor.rest(), static_cast<std::size_t>(size));
}

std::vector<Table> unpack_tables(Bytes stored, Zstd zstd) {
  const std::vector<std::uint8_t> joined = unpack(stored, zstd, "tables");
  std::vector<Table> tables;
  std::size_t left = kNumbersAtMost;
  const auto add = [&](Bytes part) { tables.push_back(table_of(part, left)); };
  each_part(joined, add, kTablesAtMost);
  return tables;
}

const EdgeLookup& Tables::edges(Index table) const {
  Slot& slot = slots_.at(table);
  std::call_once(slot.once, [&] {
    slot.edges = std::make_unique<const EdgeLookup>(numbers_[table]);
  });
  return *slot.edges;
}

// A diagram may name a table any number of times: it is passed over once.
std::uint64_t Tables::highest_of(Index table) const {
  Slot& slot = slots_.at(table);
  std::call_once(slot.passed, [&] { slot.highest = highest(numbers_[table]); });
  return slot.highest;
}

CompiledGrid Tables::grid(const Grid& plan) const {
  const std::lock_guard<std::mutex> lock(making_);
  return CompiledGrid(plan, numbers_, octaves_);
}

std::shared_ptr<const DiagramTables> Tables::diagram(
    const Diagram& plan, std::shared_ptr<const DiagramTables>& kept) const {
  {
    const std::lock_guard<std::mutex> lock(making_);
    if (kept) return kept;
  }
  std::vector<Span<const std::int64_t>> tables;
  std::vector<std::size_t> widths;
  std::vector<std::uint64_t> most;
  for (std::size_t k = 0; k < plan.inputs.size(); ++k) {
    tables.emplace_back(numbers_.at(plan.tables[k]));
    most.push_back(highest_of(plan.tables[k]));
    widths.push_back(numbers_.at(std::get<Edges>(plan.inputs[k].by).table).size() + 1);
  }
  const Span<const Span<const std::int64_t>> all(tables.data(), tables.size());
  auto found = std::make_shared<const DiagramTables>(all, widths, most);
  const std::lock_guard<std::mutex> lock(making_);
  if (kept) return kept;  // somebody else was quicker
  if (kept_ + found->bytes() <= kKeptAtMost) {
    kept_ += found->bytes();
    kept = found;
  }
  return found;
}

}  // namespace rootae
