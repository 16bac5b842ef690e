// A block's lanes on their way back, and what a program makes for them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "contexts/contexts.hpp"
#include "directory.hpp"
#include "held.hpp"
#include "memory.hpp"
#include "program.hpp"
#include "span.hpp"
#include "streams/zstd.hpp"
#include "tree.hpp"
#include "view.hpp"

namespace rootae {

class Decoding {
 public:
  // All have to outlive it.
  Decoding(const CompiledTree& tree, const Directory& directory, Zstd zstd, Memories& memories);

  [[nodiscard]] const Held& held() const noexcept { return held_; }
  [[nodiscard]] Held& held() noexcept { return held_; }

  // Says where a lane's values go in the next run: to memory that is aligned for their type.
  void put(Index lane, std::uint8_t* into) { into_[lane] = into; }

  // Makes a program's lanes.
  //   blobs: of its latents, then of its lanes
  //   is_all: nobody looks at these lanes' codes later
  //   threads: at most, as many as are worth while; with any number the same is made, and thrown
  // Throws corrupt where the block is damaged; then `forget` is to be called.
  void run(Program& program, Span<const Bytes> blobs, bool is_all, unsigned threads);
  // Lets go of what only the last run's tasks look at.
  void clear();
  // Lets go of everything.
  void forget() noexcept;

 private:
  struct OfGroup {
    OfGroup(const CompiledTree& tree, Index number, std::size_t rows, const Held& held,
            Memories& memories, Bytes modes)
        : view(tree, number, rows, held, held, memories), contexts(view, modes) {}
    View view;
    GroupContexts contexts;
  };
  static constexpr Index kNone = 0xFFFFFFFF;

  void open_groups(const Program& program);
  void expect(const Program& program);
  void expect_contexts(Index lane);
  [[nodiscard]] std::vector<std::uint64_t> nanoseconds(const Program& program) const;
  void make(const Task& task);
  void make_centre(Index lane);
  void read_latents(Index group);
  void decode_lane(Index lane);
  void release(Program& program, Index lane);
  [[nodiscard]] const Lane& plan_of(Index lane) const;
  [[nodiscard]] OfGroup& group_of(Index lane) { return *groups_[tree_.layout().group_of[lane]]; }

  const CompiledTree& tree_;
  const Directory& directory_;
  Zstd zstd_;
  Memories& memories_;
  Held held_;
  std::vector<std::unique_ptr<OfGroup>> groups_;
  std::vector<std::uint8_t*> into_;  // a caller's memory for each lane, in a run
  // Of the run under way:
  std::vector<Bytes> lanes_, latents_;      // blobs of lanes and groups
  std::vector<std::uint8_t> centres_;       // of lanes: 1 where it is expected, 2 where it is made
  std::vector<std::uint8_t> is_expected_;   // of contexts over all groups
  std::vector<Index> prepares_;             // of contexts: a lane that misses them, if there is one
  bool is_all_ = false;
};

}  // namespace rootae
