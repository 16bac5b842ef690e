#include "drafts.hpp"

#include <algorithm>

#include "deviation.hpp"
#include "error.hpp"
#include "lane_values.hpp"
#include "piece.hpp"
#include "program.hpp"

namespace rootae {

namespace {

constexpr std::uint64_t kRowsAtMost = std::uint64_t{1} << 40;

void require(bool right, const char* otherwise) {
  if (!right) throw Error(ErrorKind::argument, otherwise);
}

// The modes that lanes have if their contexts pay.
std::vector<std::uint8_t> modes_of(const Group& plan) {
  std::vector<std::uint8_t> modes;
  for (const Lane& lane : plan.lanes)
    modes.push_back(!lane.contexts               ? mode::plain
                    : is_predicted(lane, plan) ? mode::predicted
                                               : mode::contexts);
  return modes;
}

// Values that are not there have an address all the same: it says that they are known.
ConstValues there(ConstValues values) noexcept {
  static const std::uint64_t nothing = 0;
  if (values.rows == 0) values.data = reinterpret_cast<const std::uint8_t*>(&nothing);
  return values;
}

// Puts escapes in their places.
void put_escapes(ConstValues original, const std::uint8_t* wrong, std::size_t count,
                 Values out) noexcept {
  const std::size_t size = size_of(out.type);
  for (std::size_t i = 0; count != 0; ++i) {
    if (wrong[i] == 0) continue;
    std::memcpy(out.data + i * size, original.data + i * size, size);
    --count;
  }
}

// Returns how many rows break their bound, or are special on one side only.
std::size_t compare(const CompiledGrid& grid, ConstValues original, ConstValues returned,
                    Bound bound, std::uint8_t* wrong) {
  const std::size_t bytes = original.rows * size_of(original.type);
  if (bytes == 0 || std::memcmp(original.data, returned.data, bytes) == 0) {
    std::fill_n(wrong, original.rows, std::uint8_t{0});
    return 0;
  }
  static_cast<void>(deviation(original, returned, bound.kind, bound.error, wrong));
  grid.mark_changed(original, returned, wrong);
  std::size_t count = 0;
  for (std::size_t i = 0; i < original.rows; ++i) count += wrong[i];
  return count;
}

}  // namespace

Drafts::OfGroup::OfGroup(const CompiledTree& tree, Index number, std::size_t rows, const Held& held,
                         const Held& counters, Memories& memories)
    : modes(modes_of(tree.plan().groups[number])),
      view(tree, number, rows, held, counters, memories),
      contexts(view, {modes.data(), modes.size()}) {
  const std::size_t count = tree.plan().groups[number].contexts.size();
  for (Index i = 0; i < count; ++i) contexts.expect(i);
}

Drafts::Drafts(const CompiledTree& tree, Span<const std::uint64_t> rows, Memories& memories)
    : tree_(tree), memories_(memories), held_(tree.layout().lanes()),
      counters_(tree.layout().lanes()) {
  require(rows.size() == tree.layout().groups(), "rows are given for other groups");
  for (const std::uint64_t some : rows) {
    require(some <= kRowsAtMost, "a block has too many rows");
    rows_.push_back(static_cast<std::size_t>(some));
  }
}

Drafts::OfGroup& Drafts::group(Index number) {
  if (!group_ || open_ != number) {
    group_.reset();
    group_ = std::make_unique<OfGroup>(tree_, number, rows_[number], held_, counters_, memories_);
    open_ = number;
  }
  return *group_;
}

const Lane& Drafts::plan_of(Index lane) const {
  const Layout& layout = tree_.layout();
  return tree_.plan().groups[layout.group_of[lane]].lanes[layout.within[lane]];
}

Type Drafts::type_of(Index lane) const {
  return tree_.plan().columns[tree_.layout().column_of[lane]].type;
}

void Drafts::count(Index lane, ConstValues values) { counters_[lane].values = there(values); }

void Drafts::latents(Index number, Span<const std::int64_t> latents) {
  group(number).view.take_latents(latents);
}

ContextSpan Drafts::contexts(Index lane) {
  const Lane& plan = plan_of(lane);
  OfGroup& of = group_of(lane);
  require(plan.contexts && !is_predicted(plan, of.view.group().plan()), "a lane has no contexts");
  return of.contexts.of(within(lane));
}

CodeSpan Drafts::centre(Index lane) {
  require(plan_of(lane).centre.has_value(), "a lane has no centre");
  return group_of(lane).view.centre(within(lane));
}

void Drafts::codes(Index lane, ConstValues values, Span<std::int64_t> out) const {
  tree_.group(tree_.layout().group_of[lane]).grid(within(lane)).forward(values, out);
}

std::size_t Drafts::put(Index lane, ConstValues values, Bound bound, Span<std::int64_t> codes,
                        std::uint8_t* wrong) {
  OfGroup& of = group_of(lane);
  const CompiledGroup& group = of.view.group();
  const CompiledGrid& grid = group.grid(within(lane));
  const bool comes_back = grid.is_exact() && values.type != Type::boolean;
  const std::vector<Look> looks = of.contexts.looks_at(within(lane));
  HeldLane made;
  if (!grid.is_exact() && tree_.resolver().is_read(lane))
    made.own = memories_.take(values.rows * size_of(values.type));
  std::size_t count = 0;
  in_pieces(values.rows, [&](std::size_t first, std::size_t some) {
    const ConstValues in = part(values, first, some);
    const Span<std::int64_t> out = codes.part(first, some);
    grid.forward(in, out);
    for (const Look& look : looks)
      look.through->look(Span<const std::int64_t>(out), look.seen + first);
    if (comes_back) return;
    alignas(8) std::uint8_t piece[8 * kPiece];
    const std::size_t at = first * size_of(values.type);
    const bool is_kept = made.own.is_there();
    const Values back{values.type, is_kept ? made.own.data() + at : piece, some};
    grid.inverse(Span<const std::int64_t>(out), back);
    const ConstValues returned{back.type, back.data, some};
    const std::size_t found = compare(grid, in, returned, bound, wrong + first);
    if (is_kept) put_escapes(in, wrong + first, found, back);
    count += found;
  });
  made.codes = KeptCodes::of(codes);
  made.values = values;  // as they are, if the grid is exact: booleans come back by their escapes
  if (made.own.is_there()) made.values.data = made.own.data();
  made.values = there(made.values);
  held_[lane] = std::move(made);
  return count;
}

std::size_t Drafts::derive(Index lane, ConstValues values, Bound bound, std::uint8_t* wrong) {
  const Lane& plan = plan_of(lane);
  require(plan.derived.has_value(), "a lane has no rule");
  OfGroup& of = group_of(lane);
  HeldLane made;
  made.own = memories_.take(values.rows * size_of(values.type));
  const Values out{values.type, made.own.data(), values.rows};
  derive_lane(*plan.derived, of.view, out);
  made.values = {out.type, out.data, out.rows};
  const CompiledGrid& grid = of.view.group().grid(within(lane));
  const std::size_t count = compare(grid, values, made.values, bound, wrong);
  put_escapes(values, wrong, count, out);
  held_[lane] = std::move(made);
  return count;
}

void Drafts::put_bits(Index lane, ConstValues values) {
  OfGroup& of = group_of(lane);
  HeldLane made;
  made.values = there(values);
  for (const Look& look : of.contexts.looks_at(within(lane))) look.see_zeros(values.rows);
  if (of.view.group().needs_codes(within(lane))) {
    made.codes = KeptCodes(memories_, values.rows, true);
    made.codes.see_zeros();
  }
  held_[lane] = std::move(made);
}

}  // namespace rootae
