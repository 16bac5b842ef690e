// One block of a coded tree on its way back: only lanes that are asked for, and what these are
// decoded from, each once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "decoding.hpp"
#include "directory.hpp"
#include "memory.hpp"
#include "program.hpp"
#include "span.hpp"
#include "streams/zstd.hpp"
#include "tree.hpp"

namespace rootae {

// A caller's memory for a column; none: its values are kept inside.
struct Out {
  std::uint8_t* data = nullptr;
  std::size_t size = 0;  // bytes
};

// For one caller at a time.
class Block {
 public:
  // Of a tree that has to outlive it. Throws corrupt where the directory is damaged.
  //   head: the block's directory, not needed afterwards
  //   memories: where values and codes go; they have to outlive it
  Block(const CompiledTree& tree, Bytes head, Zstd zstd, Memories& memories);
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  [[nodiscard]] const CompiledTree& tree() const noexcept { return tree_; }
  [[nodiscard]] const Directory& directory() const noexcept { return directory_; }
  [[nodiscard]] std::uint64_t rows(Index column) const {
    return directory_.rows[tree_.group_of(column)];
  }
  // Bytes of a column's values.
  [[nodiscard]] std::uint64_t bytes_of(Index column) const;

  // Bytes of values and codes that are kept.
  [[nodiscard]] std::uint64_t kept() const noexcept;

  // The numbers of the blobs that columns take, in the order in which `decode` wants them; not of
  // lanes that are decoded already. It holds until the next call. Throws argument where there is no
  // such column.
  [[nodiscard]] const std::vector<Index>& needs(Span<const Index> columns);

  // Decodes columns and what counts them. Where this throws, what was kept may be lost, and the
  // callers' memory holds anything.
  //   blobs: what `needs` found for the same columns
  //   outs: as many as columns, each with room for all of its values; of those without any values
  //     are kept
  //   keep: have values of the others at hand, too
  //   threads: at most, with the caller's, at least 1; as many as are worth while
  // Throws corrupt where the block is damaged; argument where blobs or outs do not fit.
  void decode(Span<const Index> columns, Span<const Bytes> blobs, Span<const Out> outs, bool keep,
              unsigned threads);

  // Writes the values of a column that is kept. Throws argument where it is not, or too large.
  void values(Index column, Out out) const;

  // The number of the blob of a group's latents. Throws argument where it has none.
  [[nodiscard]] Index latents_blob(Index group) const;
  // Writes a group's latents, shape (latents, rows). Throws corrupt where they are damaged, argument
  // where there are none or they do not fit.
  void latents(Index group, Bytes blob, Span<std::int64_t> out) const;

 private:
  struct Request {
    std::vector<Index> columns, every;  // and what counts them
    std::vector<Index> blobs;
    Program program;
    bool is_all = false;
  };
  [[nodiscard]] Request request(Span<const Index> columns) const;
  void add_counters(Request& request) const;
  [[nodiscard]] bool is_known(Index lane) const;
  void check(const Request& request, Span<const Bytes> blobs, Span<const Out> outs) const;
  void run(Request& request, Span<const Bytes> blobs, Span<const Out> outs, unsigned threads);
  void settle(const Request& request, Span<const Out> outs, bool keep);

  const CompiledTree& tree_;
  Directory directory_;
  Zstd zstd_;
  Memories& memories_;
  Decoding decoding_;
  std::vector<std::uint8_t> checked_;  // groups whose counts are right
  std::unique_ptr<Request> pending_;
};

}  // namespace rootae
