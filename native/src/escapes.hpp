// Rows and values that a lane's grid could not keep: FORMAT.md, section 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cursor.hpp"
#include "streams/zstd.hpp"
#include "types.hpp"

namespace rootae {

struct Escapes {
  std::vector<std::int64_t> rows;    // strictly ascending, below the lane's
  std::vector<std::uint8_t> values;  // of the column's type, as many

  // Puts them over the values that codes gave, of the column's type and of all the lane's rows.
  void put_into(Values values_of_codes) const;
};

// Reads the escapes at the front of a lane's bytes. Throws Error(corrupt).
Escapes read_escapes(Cursor& cursor, std::size_t rows, Type type, Zstd zstd);

}  // namespace rootae
