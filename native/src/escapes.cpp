#include "escapes.hpp"

#include <cstring>
#include <string>

#include "error.hpp"
#include "streams/stream.hpp"

namespace rootae {

namespace {

// Turns differences into rows, in place.
void add_up(std::vector<std::int64_t>& at, std::size_t rows) {
  std::int64_t last = -1;
  std::uint64_t sum = 0;
  bool is_right = true;
  for (auto& row : at) {
    sum += static_cast<std::uint64_t>(row);
    row = static_cast<std::int64_t>(sum);
    is_right &= row > last && sum < rows;
    last = row;
  }
  if (!is_right) {
    corrupt("escapes lie outside a lane of " + std::to_string(rows) + " rows: the file is damaged");
  }
}

}  // namespace

Escapes read_escapes(Cursor& cursor, std::size_t rows, Type type, Zstd zstd) {
  Escapes escapes;
  const std::uint64_t k = cursor.varint();
  if (k == 0) return escapes;
  if (k > rows) {
    corrupt("a lane of " + std::to_string(rows) + " rows has " + std::to_string(k) +
            " escapes: the file is damaged");
  }
  const Bytes stream = cursor.string(), frame = cursor.string();
  escapes.rows.resize(static_cast<std::size_t>(k));
  decode_stream(stream, zstd, escapes.rows);
  add_up(escapes.rows, rows);
  escapes.values = decompress(zstd, frame, escapes.rows.size() * size_of(type));
  return escapes;
}

void Escapes::put_into(Values values_of_codes) const {
  visit(values_of_codes.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    auto* const out = values_of_codes.template as<T>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::memcpy(&out[rows[i]], values.data() + i * sizeof(T), sizeof(T));
    }
  });
}

}  // namespace rootae
