// What contexts and centres of a group may look at: its lanes, latents and links in a block.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "group.hpp"
#include "held.hpp"
#include "memory.hpp"
#include "relations/link.hpp"
#include "span.hpp"
#include "streams/zstd.hpp"
#include "tree.hpp"

namespace rootae {

// Several threads may ask for values and codes at a time, for a centre one until it is there; one at
// a time may release what none of them asks for any more. All else is for one thread alone.
class View {
 public:
  // held: the block's lanes; counters: those that count rows are there by the time a link is looked
  // at; rows: of the group. All have to outlive this.
  View(const CompiledTree& tree, Index number, std::size_t rows, const Held& held,
       const Held& counters, Memories& memories);

  [[nodiscard]] const CompiledGroup& group() const noexcept { return group_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] Memories& memories() const noexcept { return memories_; }
  // Whether a lane of the group is decoded.
  [[nodiscard]] bool is_decoded(Index lane) const noexcept {
    return held_[first_ + lane].is_there();
  }

  // Values of a lane that is decoded, or of a link, shape (rows,). Throws corrupt where a link's
  // counts are not those of its groups.
  ConstValues values(Index i);
  // What a feature looks at, shape (rows,). Throws as `values`, and where it is not there.
  CodeSpan codes(const Source& source);
  // The codes that a lane is centred on. Throws corrupt where it has no centre.
  CodeSpan centre(Index lane);

  // Reads the latents of the block, and keeps those that contexts look at. Throws corrupt.
  void read_latents(Bytes blob, Zstd zstd);
  // Takes them as they are, shape (latents, rows), from whoever keeps them for as long.
  void take_latents(Span<const std::int64_t> latents);

  // Notes that a program takes contexts or a lane's centre, and that nothing of it takes them any
  // more: then links that nobody else sees are let go of.
  void expect(const Contexts& contexts) { count(contexts, 1); }
  void expect_centre(Index lane) { count_centre(lane, 1); }
  void release(const Contexts& contexts) { count(contexts, -1); }
  void release_centre(Index lane);
  // Lets go of everything.
  void clear();

 private:
  struct Linked {
    Memory values;
    KeptCodes codes;
    std::int64_t readers = 0;  // of the program
    Index way = 0;
  };
  struct Way {  // by a lane to a group
    std::optional<Places> places;
    std::int64_t readers = 0;  // links of the program that go it, each as often as it is seen
  };

  void count(const Contexts& contexts, int by);
  void count_centre(Index lane, int by);
  void count_link(Index i, int by);
  [[nodiscard]] std::vector<std::int64_t> counts(std::string_view group) const;
  const Places& places(Index number);
  void number_ways();
  [[nodiscard]] const HeldLane& lane_of(const Held& held, std::string_view column,
                                        Index element) const;
  ConstValues follow(Index link);
  ConstValues link_values(Index link);
  CodeSpan link_codes(Index link);
  [[nodiscard]] KeptCodes codes_of(ConstValues values, const CompiledGrid& grid) const;

  const CompiledTree& tree_;
  const CompiledGroup& group_;
  const Held &held_, &counters_;
  Memories& memories_;
  Index first_;  // the number of the group's first lane
  std::size_t rows_;
  std::vector<Linked> links_;
  std::vector<Way> ways_;
  std::vector<std::mutex> linking_, finding_;  // for each link, for each way
  std::vector<KeptCodes> centres_;  // of each lane
  std::vector<Memory> latents_;
};

}  // namespace rootae
