// A codec's tables: their numbers, and what is made of them once for all that look at them.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "contexts/diagram.hpp"
#include "contexts/features.hpp"
#include "grids/grid.hpp"
#include "grids/octave.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "streams/zstd.hpp"

namespace rootae {

// Reads what codecs store as a varint and a frame of so many bytes, at most 2^26: tables, networks.
// Throws corrupt; argument without a function that reads zstd.
//   what: of which it is, for messages
std::vector<std::uint8_t> unpack(Bytes stored, Zstd zstd, const char* what);

// Reads tables as they are stored, 2^20 and 2^24 numbers at most. Throws as `unpack` does.
std::vector<Table> unpack_tables(Bytes stored, Zstd zstd);

// For any number of threads.
class Tables {
 public:
  explicit Tables(std::vector<Table> numbers)
      : numbers_(std::move(numbers)), slots_(numbers_.size()) {}
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  [[nodiscard]] const std::vector<Table>& numbers() const noexcept { return numbers_; }

  // A table of edges, made ready when somebody first asks. Throws corrupt where it does not ascend.
  [[nodiscard]] const EdgeLookup& edges(Index table) const;
  // A grid made ready; this has to outlive it. Throws as CompiledGrid does.
  [[nodiscard]] CompiledGrid grid(const Grid& plan) const;
  // A diagram's tables made ready: kept in `kept`, as long as all that is kept is not too much.
  // This has to outlive them. Throws as DiagramTables does.
  [[nodiscard]] std::shared_ptr<const DiagramTables> diagram(
      const Diagram& plan, std::shared_ptr<const DiagramTables>& kept) const;

 private:
  struct Slot {
    std::once_flag once, passed;
    std::unique_ptr<const EdgeLookup> edges;
    std::uint64_t highest = 0;  // once it was passed over
  };
  [[nodiscard]] std::uint64_t highest_of(Index table) const;

  std::vector<Table> numbers_;
  mutable std::vector<Slot> slots_;  // of each table
  mutable std::mutex making_;
  mutable grids::Octaves octaves_;
  mutable std::size_t kept_ = 0;  // bytes of diagrams
};

}  // namespace rootae
