#include "block.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "columns.hpp"
#include "crc32.hpp"
#include "cursor.hpp"
#include "error.hpp"
#include "lane_values.hpp"
#include "plan/shown.hpp"
#include "streams/stream.hpp"

namespace rootae {

namespace {

void require(bool right, const char* otherwise) {
  if (!right) throw Error(ErrorKind::argument, otherwise);
}

bool same(Span<const Index> a, const std::vector<Index>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

Block::Block(const CompiledTree& tree, Bytes head, Zstd zstd, Memories& memories)
    : tree_(tree), directory_(head, tree.layout()), zstd_(zstd), memories_(memories),
      held_(tree.layout().lanes()),
      groups_(tree.layout().groups()), checked_(tree.layout().groups(), 0),
      into_(tree.layout().lanes(), nullptr) {}

std::uint64_t Block::bytes_of(Index column) const {
  const std::uint64_t elements = tree_.layout().lanes_of(column).size();
  return rows(column) * elements * size_of(tree_.plan().columns[column].type);
}

std::uint64_t Block::kept() const noexcept {
  std::uint64_t bytes = 0;
  for (const HeldLane& lane : held_) bytes += lane.own.size() + lane.codes.size();
  return bytes;
}

const std::vector<Index>& Block::needs(Span<const Index> columns) {
  for (const Index column : columns)
    require(column < tree_.plan().columns.size(), "there is no such column in the tree");
  if (!pending_ || !same(columns, pending_->columns))
    pending_ = std::make_unique<Request>(request(columns));
  return pending_->blobs;
}

Block::Request Block::request(Span<const Index> columns) const {
  const Layout& layout = tree_.layout();
  Request found;
  found.columns.assign(columns.begin(), columns.end());
  add_counters(found);
  std::vector<Index> wanted, known;
  for (const Index column : found.every)
    for (const Index lane : layout.lanes_of(column))
      if (!held_[lane].is_there()) wanted.push_back(lane);
  for (Index lane = 0; lane < held_.size(); ++lane) {
    if (!held_[lane].is_there()) continue;
    const bool is_seen = tree_.group(layout.group_of[lane]).is_seen(layout.within[lane]);
    if (!is_seen || held_[lane].codes.is_there()) known.push_back(lane);
  }
  found.program = tree_.resolver().resolve(wanted, directory_.modes, known);
  for (const Index group : found.program.latents) found.blobs.push_back(*layout.latent_blobs[group]);
  for (const Index lane : found.program.lanes) found.blobs.push_back(layout.lane_blobs[lane]);
  return found;
}

// Columns, each once, and what counts them, and that.
void Block::add_counters(Request& request) const {
  const std::size_t count = tree_.plan().columns.size();
  std::vector<std::uint8_t> is_in(count, 0);
  for (Index column : request.columns) {
    for (; column != kNoColumn && is_in[column] == 0; column = tree_.counter_of(column)) {
      is_in[column] = 1;
      request.every.push_back(column);
    }
  }
  request.is_all = request.every.size() == count;
}

void Block::check_blob(Index number, Bytes blob) const {
  require(blob.size() == directory_.sizes[number], "a blob has another size than its block says");
  if (crc32(blob) == directory_.sums[number]) return;
  corrupt(name_of(number) + " is damaged: the checksum does not match");
}

// Says what a blob is of.
std::string Block::name_of(Index blob) const {
  const Layout& layout = tree_.layout();
  for (Index group = 0; group < layout.groups(); ++group) {
    if (layout.latent_blobs[group] != blob) continue;
    const std::string& name = tree_.plan().groups[group].name;
    return "group " + (name.empty() ? "of event scalars" : shown(name));
  }
  const auto found = std::find(layout.lane_blobs.begin(), layout.lane_blobs.end(), blob);
  const Index lane = static_cast<Index>(found - layout.lane_blobs.begin());
  return "column " + shown(tree_.plan().columns[layout.column_of[lane]].name);
}

void Block::check(const Request& request, Span<const Bytes> blobs, Span<const Out> outs) const {
  require(blobs.size() == request.blobs.size(), "other blobs are given than columns take");
  require(outs.size() == request.columns.size(), "memory is given for other columns");
  for (std::size_t i = 0; i < outs.size(); ++i)
    require(outs[i].data == nullptr || outs[i].size >= bytes_of(request.columns[i]),
            "too little memory is given for a column");
  for (std::size_t i = 0; i < blobs.size(); ++i) check_blob(request.blobs[i], blobs[i]);
}

void Block::decode(Span<const Index> columns, Span<const Bytes> blobs, Span<const Out> outs,
                   bool keep) {
  static_cast<void>(needs(columns));
  Request request = std::move(*pending_);
  pending_.reset();
  check(request, blobs, outs);
  try {
    run(request, blobs, outs);
    settle(request, outs, keep);
  } catch (...) {
    forget();
    throw;
  }
}

void Block::run(Request& request, Span<const Bytes> blobs, Span<const Out> outs) {
  const Layout& layout = tree_.layout();
  const Program& program = request.program;
  for (const Index lane : program.lanes) held_[lane].drop();
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const Span<const Index> lanes = layout.lanes_of(request.columns[i]);
    const std::size_t size = size_of(tree_.plan().columns[request.columns[i]].type);
    const bool begins_well = reinterpret_cast<std::uintptr_t>(outs[i].data) % size == 0;
    if (lanes.size() == 1 && begins_well) into_[lanes[0]] = outs[i].data;
  }
  expect(program);
  const std::size_t latents = program.latents.size();
  for (std::size_t i = 0; i < latents; ++i)
    of_group(program.latents[i]).view.read_latents(blobs[i], zstd_);
  for (std::size_t i = 0; i < program.lanes.size(); ++i) {
    decode_lane(program.lanes[i], blobs[latents + i], request.is_all);
    release(request, program.lanes[i]);
  }
  for (const Index column : request.every) {
    const Index group = tree_.group_of(column);
    if (checked_[group] == 0) check_counts(tree_, group, directory_, held_);
    checked_[group] = 1;
  }
}

// Tells groups what of theirs a program takes.
void Block::expect(const Program& program) {
  const Layout& layout = tree_.layout();
  std::vector<std::uint8_t> centres(layout.lanes(), 0), contexts;
  for (const Index lane : program.lanes) {
    const Index number = layout.group_of[lane], first = layout.first[number];
    const std::uint8_t is = directory_.modes[lane];
    const Group& plan = tree_.plan().groups[number];
    const Lane& own = plan.lanes[layout.within[lane]];
    const bool by_contexts = is == mode::contexts || is == mode::predicted;
    if (own.centre && (is == mode::contexts || is == mode::centred)) centres[lane] = 1;
    if (!own.contexts || !by_contexts) continue;
    const Index global = tree_.resolver().first_contexts()[number] + *own.contexts;
    if (global >= contexts.size()) contexts.resize(global + 1, 0);
    if (contexts[global] != 0) continue;
    contexts[global] = 1;
    of_group(number).contexts.expect(*own.contexts);
    for (const Feature& feature : inputs_of(plan.contexts[*own.contexts]))
      if (feature.of.kind == SourceKind::centre) centres[first + feature.of.index] = 1;
  }
  for (Index lane = 0; lane < centres.size(); ++lane)
    if (centres[lane] != 0)
      of_group(layout.group_of[lane]).view.expect_centre(layout.within[lane]);
}

// Lets go of what nothing left of the program reads. Codes stay where columns are left that may
// look at them in a later call.
void Block::release(Request& request, Index lane) {
  const Layout& layout = tree_.layout();
  of_group(layout.group_of[lane]).contexts.done(layout.within[lane]);
  const Span<const Index> first = tree_.resolver().first_contexts();
  tree_.resolver().release(
      request.program, lane, directory_.modes[lane], [&](Part part, Index number) {
        if (part == Part::lane) {
          if (request.is_all) held_[number].codes = Memory();
        } else if (part == Part::centre) {
          of_group(layout.group_of[number]).view.release_centre(layout.within[number]);
        } else if (part == Part::contexts) {
          const auto after = std::upper_bound(first.begin(), first.end(), number);
          const auto group = static_cast<Index>(after - first.begin() - 1);
          of_group(group).contexts.release(number - first[group]);
        }
      });
}

void Block::decode_lane(Index lane, Bytes blob, bool is_last) {
  const Layout& layout = tree_.layout();
  const Index group = layout.group_of[lane];
  const Group& plan = tree_.plan().groups[group];
  const Lane& own = plan.lanes[layout.within[lane]];
  try {
    OfGroup& found = of_group(group);
    held_[lane] = read_lane(own, layout.within[lane], found.view, found.contexts,
                            {directory_.modes[lane], blob, zstd_, is_last}, into_[lane]);
  } catch (const Error& error) {
    throw Error(error.kind(), "column " + shown(own.column) + ": " + error.what());
  }
}

Block::OfGroup& Block::of_group(Index number) {
  std::unique_ptr<OfGroup>& found = groups_[number];
  if (!found) {
    const std::uint64_t rows = directory_.rows[number];
    const bool right = tree_.counter_of_group(number) != kNoColumn || rows == directory_.entries;
    hold(right, "a group of values per entry has other rows than entries: the file is damaged");
    const Bytes modes(directory_.modes.data() + tree_.layout().first[number],
                      tree_.plan().groups[number].lanes.size());
    found = std::make_unique<OfGroup>(tree_, number, static_cast<std::size_t>(rows), held_,
                                      memories_, modes);
  }
  return *found;
}

// Gives columns out, and lets go of what is not to be kept.
void Block::settle(const Request& request, Span<const Out> outs, bool keep) {
  const Layout& layout = tree_.layout();
  std::vector<std::uint8_t> stays(tree_.plan().columns.size(), keep ? 1 : 0);
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const Index column = request.columns[i];
    if (outs[i].data == nullptr) stays[column] = 1;
    if (outs[i].data != nullptr) write_column(layout.lanes_of(column), held_, outs[i].data);
  }
  for (const Index column : request.every) {
    for (const Index lane : layout.lanes_of(column)) {
      HeldLane& held = held_[lane];
      const bool is_read = !request.is_all && tree_.resolver().is_read(lane);
      if (stays[column] == 0 && !is_read) {
        held.drop();
      } else if (!held.own.is_there()) {
        const std::size_t bytes = held.values.rows * size_of(held.values.type);
        Memory own = memories_.take(bytes);
        if (bytes != 0) std::memcpy(own.data(), held.values.data, bytes);
        held.values.data = own.data();
        held.own = std::move(own);
      }
      into_[lane] = nullptr;
    }
  }
  if (request.is_all)
    for (const auto& group : groups_)
      if (group) group->contexts.clear();
  for (const auto& group : groups_)
    if (group) group->view.clear();
}

void Block::forget() noexcept {
  for (HeldLane& lane : held_) lane.drop();
  for (auto& group : groups_) group.reset();
  std::fill(into_.begin(), into_.end(), nullptr);
}

void Block::values(Index column, Out out) const {
  require(column < tree_.plan().columns.size(), "there is no such column in the tree");
  const Span<const Index> lanes = tree_.layout().lanes_of(column);
  for (const Index lane : lanes) require(held_[lane].is_there(), "the column is not decoded");
  require(out.data != nullptr && out.size >= bytes_of(column),
          "too little memory is given for a column");
  write_column(lanes, held_, out.data);
}

Index Block::latents_blob(Index group) const {
  require(group < tree_.layout().groups(), "there is no such group in the tree");
  const std::optional<Index> number = tree_.layout().latent_blobs[group];
  require(number.has_value(), "the group has no latents");
  return *number;
}

void Block::latents(Index group, Bytes blob, Span<std::int64_t> out) const {
  check_blob(latents_blob(group), blob);
  const std::size_t count = tree_.plan().groups[group].encoder->latents;
  const std::uint64_t rows = directory_.rows[group];
  require(rows == 0 || out.size() / rows >= count, "too little memory is given for latents");
  const std::vector<Bytes> parts = split(blob);
  hold(parts.size() == count, "a block has another number of latents: the file is damaged");
  for (std::size_t i = 0; i < count; ++i)
    decode_stream(parts[i], zstd_, out.part(i * static_cast<std::size_t>(rows),
                                            static_cast<std::size_t>(rows)));
}

}  // namespace rootae
