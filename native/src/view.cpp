#include "view.hpp"

#include <map>
#include <string>
#include <utility>

#include "cursor.hpp"
#include "error.hpp"
#include "narrowed.hpp"
#include "piece.hpp"
#include "processor.hpp"
#include "relations/centre.hpp"
#include "streams/stream.hpp"

namespace rootae {

View::View(const CompiledTree& tree, Index number, std::size_t rows, const Held& held,
           const Held& counters, Memories& memories)
    : tree_(tree), group_(tree.group(number)), held_(held), counters_(counters), memories_(memories),
      first_(tree.layout().first[number]), rows_(rows), links_(group_.plan().links.size()),
      linking_(links_.size()), finding_(links_.size()), centres_(group_.plan().lanes.size()) {
  number_ways();
}

// Links by one lane to one group find its objects in the same places.
void View::number_ways() {
  std::map<std::pair<Index, std::string_view>, Index> numbers;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = group_.plan().links[i];
    const auto next = static_cast<Index>(numbers.size());
    links_[i].way = numbers.emplace(std::pair(link.by, std::string_view(link.group)), next)
                        .first->second;
  }
  ways_.resize(numbers.size());
}

ConstValues View::values(Index i) {
  const std::size_t own = group_.plan().lanes.size();
  if (i >= own) return link_values(static_cast<Index>(i - own));
  hold(held_[first_ + i].has_values(),
       "a lane is looked at before it is there: the codec's plan is damaged");
  return held_[first_ + i].values;
}

CodeSpan View::codes(const Source& source) {
  const std::size_t own = group_.plan().lanes.size();
  if (source.kind == SourceKind::centre) return centre(source.index);
  if (source.kind == SourceKind::latent) {
    const bool there = source.index < latents_.size() && latents_[source.index].is_there();
    hold(there, "latents are looked at that are not there: the file is damaged");
    return Span<const std::int64_t>(latents_[source.index].as<std::int64_t>(), rows_);
  }
  if (source.index >= own) return link_codes(static_cast<Index>(source.index - own));
  const KeptCodes& codes = held_[first_ + source.index].codes;
  hold(codes.is_there(), "a lane's codes are looked at that has none: the codec's plan is damaged");
  return codes.view();
}

CodeSpan View::centre(Index lane) {
  const std::optional<Centre>& plan = group_.plan().lanes[lane].centre;
  hold(plan.has_value(), "a centre is looked at that no lane has: the codec's plan is damaged");
  KeptCodes& kept = centres_[lane];
  if (kept.is_there()) return kept.view();
  std::vector<ConstValues> seen(group_.plan().lanes.size() + links_.size());
  for (const Term& term : plan->terms)
    for (const Index i : term.lanes) seen[i] = values(i);
  KeptCodes made(memories_, rows_, is_narrow(*plan));
  made.visit([&](auto codes) {
    centre_codes(*plan, Span<const ConstValues>(seen.data(), seen.size()), group_.grid(lane), codes);
  });
  kept = std::move(made);
  return kept.view();
}

// Objects of each entry in a group that is named after its counter.
std::vector<std::int64_t> View::counts(std::string_view group) const {
  const ConstValues values = lane_of(counters_, group, 0).values;
  std::vector<std::int64_t> found(values.rows);
  visit(values.type, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* const from = values.template as<T>();
    if constexpr (std::is_integral_v<T>)
      for (std::size_t i = 0; i < found.size(); ++i) found[i] = static_cast<std::int64_t>(from[i]);
  });
  return found;
}

const HeldLane& View::lane_of(const Held& held, std::string_view column, Index element) const {
  const std::optional<Index> number = tree_.layout().columns.find(column);
  hold(number.has_value(), "a link leads nowhere: the codec's plan is damaged");
  const HeldLane& lane = held[tree_.layout().lanes_of(*number)[element]];
  hold(lane.has_values(), "a link leads to what is not there: the codec's plan is damaged");
  return lane;
}

const Places& View::places(Index number) {
  const Link& link = group_.plan().links[number];
  const Index way = links_[number].way;
  const std::lock_guard<std::mutex> lock(finding_[way]);
  std::optional<Places>& found = ways_[way].places;
  if (!found) {
    const std::vector<std::int64_t> mine = counts(group_.plan().name), theirs = counts(link.group);
    found.emplace(values(link.by), mine, theirs);
  }
  return *found;
}

// For whoever holds the link's lock.
ConstValues View::follow(Index number) {
  const Link& link = group_.plan().links[number];
  Linked& linked = links_[number];
  const ConstValues other = lane_of(held_, link.column, link.element).values;
  if (!linked.values.is_there()) {
    const Places& found = places(number);
    Memory made = memories_.take(rows_ * size_of(other.type));
    found.follow(other, {other.type, made.data(), rows_});
    linked.values = std::move(made);
  }
  return {other.type, linked.values.data(), rows_};
}

ConstValues View::link_values(Index number) {
  const std::lock_guard<std::mutex> lock(linking_[number]);
  return follow(number);
}

// Most are narrow, which shows as they are made.
KeptCodes View::codes_of(ConstValues values, const CompiledGrid& grid) const {
  KeptCodes narrow(memories_, rows_, true);
  bool fits = true;
  in_pieces(rows_, [&](std::size_t first, std::size_t count) {
    std::int64_t wide[kPiece];
    if (!fits) return;
    grid.forward(part(values, first, count), {wide, count});
    fits = quickly([](auto, auto... all) { return narrowed<32>(all...); },
                   static_cast<const std::int64_t*>(wide), count, narrow.as<std::int32_t>() + first);
  });
  if (fits) return narrow;
  KeptCodes made(memories_, rows_, false);
  grid.forward(values, {made.as<std::int64_t>(), rows_});
  return made;
}

CodeSpan View::link_codes(Index number) {
  const std::lock_guard<std::mutex> lock(linking_[number]);
  Linked& linked = links_[number];
  if (!linked.codes.is_there()) {
    const auto behind = static_cast<Index>(group_.plan().lanes.size() + number);
    linked.codes = codes_of(follow(number), group_.grid(behind));
  }
  return linked.codes.view();
}

void View::read_latents(Bytes blob, Zstd zstd) {
  const std::size_t count = group_.plan().encoder ? group_.plan().encoder->latents : 0;
  const std::vector<Bytes> parts = split(blob);
  if (parts.size() != count)
    corrupt("a block has " + std::to_string(parts.size()) +
            " latents, its codec another number: the file is damaged");
  std::vector<Memory> found(count);
  Memory unseen = memories_.take(rows_ * sizeof(std::int64_t));
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_seen = group_.is_latent_seen(static_cast<Index>(i));
    if (is_seen) found[i] = memories_.take(rows_ * sizeof(std::int64_t));
    const Memory& into = is_seen ? found[i] : unseen;
    decode_stream(parts[i], zstd, {into.as<std::int64_t>(), rows_});
  }
  latents_ = std::move(found);
}

void View::take_latents(Span<const std::int64_t> latents) {
  const std::size_t count = group_.plan().encoder ? group_.plan().encoder->latents : 0;
  if (latents.size() != count * rows_)
    throw Error(ErrorKind::argument, "a group has another number of latents");
  latents_ = std::vector<Memory>(count);
  for (std::size_t i = 0; i < count; ++i) {
    // a view for reading is never written by
    auto* const from = const_cast<std::int64_t*>(latents.data() + i * rows_);
    latents_[i] = Memory::of(reinterpret_cast<std::uint8_t*>(from), rows_ * sizeof(std::int64_t));
  }
}

void View::count_link(Index i, int by) {
  const std::size_t own = group_.plan().lanes.size();
  if (i < own) return;
  Linked& linked = links_[i - own];
  Way& way = ways_[linked.way];
  linked.readers += by;
  way.readers += by;
  if (linked.readers <= 0) {
    linked.values = Memory();
    linked.codes = KeptCodes();
  }
  if (way.readers <= 0) way.places.reset();
}

void View::count(const Contexts& contexts, int by) {
  for (const Feature& feature : inputs_of(contexts))
    if (feature.of.kind == SourceKind::lane) count_link(feature.of.index, by);
}

void View::count_centre(Index lane, int by) {
  for (const Term& term : group_.plan().lanes[lane].centre->terms)
    for (const Index i : term.lanes) count_link(i, by);
}

void View::release_centre(Index lane) {
  centres_[lane] = KeptCodes();
  count_centre(lane, -1);
}

void View::clear() {
  for (Linked& linked : links_) {
    linked.values = Memory();
    linked.codes = KeptCodes();
    linked.readers = 0;
  }
  for (Way& way : ways_) way = Way();
  for (KeptCodes& centre : centres_) centre = KeptCodes();
  latents_.clear();
}

}  // namespace rootae
