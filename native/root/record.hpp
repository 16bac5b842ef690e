// The record of a basket as ROOT reads it from a file, made of a column's decoded values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "stored_tree.hpp"
#include "values.hpp"

class TStreamerElement;

namespace rootae::root {

// How entries of a column lie in a basket.
enum class EntryKind {
  fixed,    // equally long
  counted,  // as many rows as a counter says
  vector,   // a std::vector
  nested    // vectors in a vector
};

// Whether a column's numbers are Float16_t or Double32_t, packed as the original's; where these
// cannot hold its values they are float and double.
bool is_packed(const rootae_column& column);
// The range that ROOT finds in the title of a packed column's leaf, such as [0,1,12] in
// x[3]/d[0,1,12], or nothing.
std::string range_of(const rootae_column& column);
// The name of what counts a column; empty where nothing does.
std::string counter_name(const StoredTree& tree, const rootae_column& column);
EntryKind entry_kind(const StoredTree& tree, const rootae_column& column);

// The records of a column.
class Records {
 public:
  Records(const StoredTree& tree, std::uint32_t column);
  ~Records();
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  // Bytes of a block's record, its key included. It is known before anything is decoded. Throws
  // argument where these are more than ROOT can read.
  [[nodiscard]] std::uint64_t size(std::size_t block) const;
  static constexpr std::uint64_t kKey = 63;  // bytes of them that are the key

  // Writes a block's record into memory of that size.
  //   position: where ROOT believes that it lies
  // Throws corrupt where values do not fit into the type that they had.
  void write(std::size_t block, std::uint64_t position, const Values& values,
             std::uint8_t* out) const;

 private:
  [[nodiscard]] std::uint64_t data(std::size_t block) const;
  [[nodiscard]] std::uint64_t per_row() const noexcept { return width_ * column_.lanes; }
  std::uint8_t* put_numbers(const Values& values, std::uint64_t first, std::uint64_t count,
                            std::uint8_t* at) const;
  std::uint8_t* put_packed(const std::uint8_t* from, std::uint64_t count, std::uint8_t* at) const;
  std::uint8_t* put_vectors(const Values& values, std::uint64_t entries, std::uint8_t* at) const;
  void put_offsets(const Values& values, std::uint64_t entries, std::uint64_t data,
                   std::uint8_t* at) const;

  const StoredTree& tree_;
  const std::uint32_t number_;
  const rootae_column& column_;
  const EntryKind kind_;
  std::uint64_t width_;  // bytes of a number as it is stored
  std::unique_ptr<TStreamerElement> packing_;
};

}  // namespace rootae::root
