// A block on its way to bytes: its lanes as a reader will see them, one after the other, and the
// contexts and centres that those before a lane give it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "contexts/contexts.hpp"
#include "held.hpp"
#include "memory.hpp"
#include "plan/plan.hpp"
#include "span.hpp"
#include "tree.hpp"
#include "view.hpp"

namespace rootae {

// Lanes are counted over all groups. Groups come one after the other, each behind those that its
// links lead to; a lane comes behind those that it is decoded from. What comes otherwise is refused.
// Callers keep what they gave. For one thread at a time.
class Drafts {
 public:
  // rows: of each group. The tree and the memories have to outlive it. Throws argument where there
  // are other groups, or too many rows.
  Drafts(const CompiledTree& tree, Span<const std::uint64_t> rows, Memories& memories);
  Drafts(const Drafts&) = delete;
  Drafts& operator=(const Drafts&) = delete;

  [[nodiscard]] const CompiledTree& tree() const noexcept { return tree_; }
  [[nodiscard]] std::size_t groups() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t lanes() const noexcept { return held_.size(); }
  [[nodiscard]] std::size_t rows(Index group) const noexcept { return rows_[group]; }
  [[nodiscard]] std::size_t rows_of(Index lane) const noexcept {
    return rows_[tree_.layout().group_of[lane]];
  }
  [[nodiscard]] Type type_of(Index lane) const;

  // Gives the values of a lane that counts rows: links of whatever group find their objects by them.
  void count(Index lane, ConstValues values);
  // Gives a group's latents, shape (latents, rows).
  void latents(Index group, Span<const std::int64_t> latents);

  // The contexts and the centre of a lane, shape (rows,); they stay until another group is asked
  // about. Throw argument where its plan has none, corrupt as GroupContexts and View do.
  [[nodiscard]] ContextSpan contexts(Index lane);
  [[nodiscard]] CodeSpan centre(Index lane);

  // Writes the codes of a lane's values, shape (rows,), and keeps nothing.
  void codes(Index lane, ConstValues values, Span<std::int64_t> out) const;
  // Puts a lane's values on its grid.
  //   codes: theirs, written; wrong: 1 for each row that does not come back within the bound, and is
  //   an escape, else 0, all of shape (rows,). Returns how many are wrong; of none `wrong` may be
  //   left as it was.
  std::size_t put(Index lane, ConstValues values, Bound bound, Span<std::int64_t> codes,
                  std::uint8_t* wrong);
  // Has a lane follow from others, likewise; it has no codes. Throws argument where its plan has no
  // rule, corrupt as `derive` does.
  std::size_t derive(Index lane, ConstValues values, Bound bound, std::uint8_t* wrong);
  // Stores a lane by its bits: contexts see zeros for its codes.
  void put_bits(Index lane, ConstValues values);

 private:
  struct OfGroup {
    OfGroup(const CompiledTree& tree, Index number, std::size_t rows, const Held& held,
            const Held& counters, Memories& memories);
    std::vector<std::uint8_t> modes;
    View view;
    GroupContexts contexts;
  };

  [[nodiscard]] OfGroup& group(Index number);
  [[nodiscard]] OfGroup& group_of(Index lane) { return group(tree_.layout().group_of[lane]); }
  [[nodiscard]] Index within(Index lane) const { return tree_.layout().within[lane]; }
  [[nodiscard]] const Lane& plan_of(Index lane) const;

  const CompiledTree& tree_;
  Memories& memories_;
  std::vector<std::size_t> rows_;
  Held held_, counters_;
  Index open_ = 0;  // the number of the group that is
  std::unique_ptr<OfGroup> group_;
};

}  // namespace rootae
