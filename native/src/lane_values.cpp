#include "lane_values.hpp"

#include <algorithm>
#include <vector>

#include "error.hpp"
#include "grids/bits.hpp"
#include "lane.hpp"
#include "piece.hpp"
#include "program.hpp"
#include "relations/derived.hpp"

namespace rootae {

namespace {

// Holds that a lane may be in its mode; of what depends on types alone, reading it does.
void check_mode(const Lane& plan, const Group& group, std::uint8_t is) {
  const bool by_stage = is_predicted(plan, group);
  hold(is != mode::contexts || (plan.contexts && !by_stage),
       "a lane is in a mode that needs its contexts, and has none: the file is damaged");
  hold(is != mode::predicted || by_stage,
       "a lane is in the mode of lanes without a bound: the file is damaged");
  hold(is != mode::derived || plan.derived,
       "a lane is in a mode that needs its rule, and has none: the file is damaged");
  hold(is != mode::centred || plan.centre,
       "a lane is in a mode that needs its centre, and has none: the file is damaged");
}

StoredLane stored_lane(const Lane& plan, Index number, View& view, GroupContexts& contexts,
                       const Stored& stored) {
  const Type type = view.group().grid(number).type();
  StoredLane lane{stored.mode, stored.blob, view.rows(), type,
                  std::holds_alternative<BitsGrid>(plan.grid), {}, {}, {}};
  if (stored.mode == mode::contexts) lane.contexts = contexts.of(number);
  if (stored.mode == mode::predicted) lane.predicted = contexts.predicted(number);
  const bool is_centred = stored.mode == mode::contexts || stored.mode == mode::centred;
  if (is_centred && plan.centre) {
    lane.centre = view.centre(number);
    lane.least = plan.centre->low;
    lane.most = plan.centre->high;
  }
  return lane;
}

// Reads codes, and turns them into values while they are at hand.
//   codes: where they go, if they are kept
//   looks: who sees them
template <class Code, class Grid>
void read_codes_as(LaneReader& reader, const Grid& grid, Code* codes,
                   const std::vector<Look>& looks, Values out) {
  Code batch[kBatches];
  for (Batch found = reader.next(batch); found.count != 0; found = reader.next(batch))
    found.each([&](std::size_t at, std::size_t first, std::size_t count) {
      const Span<const Code> some(batch + at, count);
      grid.inverse(some, part(out, first, count));
      for (const Look& look : looks) look.through->look(some, look.seen + first);
      if (codes != nullptr) std::copy(some.begin(), some.end(), codes + first);
    });
}

template <class Grid>
void read_codes(LaneReader& reader, const Grid& grid, const KeptCodes& codes,
                const std::vector<Look>& looks, Values out) {
  if (codes.is_there()) {  // of as many bits as the reader gives
    codes.visit([&](auto span) { read_codes_as(reader, grid, span.data(), looks, out); });
  } else if (reader.is_narrow()) {
    read_codes_as<std::int32_t>(reader, grid, nullptr, looks, out);
  } else {
    read_codes_as<std::int64_t>(reader, grid, nullptr, looks, out);
  }
}

}  // namespace

bool is_predicted(const Lane& plan, const Group& group) {
  return plan.bound.kind == BoundKind::none && plan.contexts &&
         std::holds_alternative<Stage>(group.contexts[*plan.contexts]);
}

void derive_lane(const Rule& rule, View& view, Values out) {
  std::vector<ConstValues> sources;
  for (const auto& [lane, coefficient] : rule.terms) sources.push_back(view.values(lane));
  derive(rule, Span<const ConstValues>(sources.data(), sources.size()), out);
}

HeldLane read_lane(const Lane& plan, Index number, View& view, GroupContexts& contexts,
                   const Stored& stored, std::uint8_t* into) {
  check_mode(plan, view.group().plan(), stored.mode);
  const StoredLane lane = stored_lane(plan, number, view, contexts, stored);
  LaneReader reader(lane, stored.zstd, view.memories());
  HeldLane made;
  if (into == nullptr) made.own = view.memories().take(lane.rows * size_of(lane.type));
  const Values out{lane.type, into != nullptr ? into : made.own.data(), lane.rows};
  const bool is_seen = view.group().is_seen(number) && reader.applies() != Applies::rule;
  std::vector<Look> looks;
  if (is_seen && stored.is_last) looks = contexts.looks_at(number);
  const bool has_codes = is_seen && (!stored.is_last || view.group().needs_codes(number));
  if (has_codes) {
    const bool is_narrow = reader.applies() == Applies::bits || reader.is_narrow();
    made.codes = KeptCodes(view.memories(), lane.rows, is_narrow);
  }
  switch (reader.applies()) {
    case Applies::grid:
      read_codes(reader, view.group().grid(number), made.codes, looks, out);
      break;
    case Applies::bits:
      read_codes(reader, grids::Bits(BitsGrid{lane.type}), {}, {}, out);
      if (has_codes) made.codes.see_zeros();
      for (const Look& look : looks) look.see_zeros(lane.rows);
      break;
    case Applies::rule: derive_lane(*plan.derived, view, out); break;
  }
  reader.escapes().put_into(out);
  made.values = {lane.type, out.data, lane.rows};
  return made;
}

}  // namespace rootae
