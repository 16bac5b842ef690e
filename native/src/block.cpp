#include "block.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "columns.hpp"
#include "cursor.hpp"
#include "error.hpp"
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
      decoding_(tree, directory_, zstd, memories), checked_(tree.layout().groups(), 0) {}

std::uint64_t Block::bytes_of(Index column) const {
  const std::uint64_t elements = tree_.layout().lanes_of(column).size();
  return rows(column) * elements * size_of(tree_.plan().columns[column].type);
}

std::uint64_t Block::kept() const noexcept {
  std::uint64_t bytes = 0;
  for (const HeldLane& lane : decoding_.held()) bytes += lane.own.size() + lane.codes.size();
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
  const Held& held = decoding_.held();
  Request found;
  found.columns.assign(columns.begin(), columns.end());
  add_counters(found);
  std::vector<Index> wanted, known;
  std::vector<std::uint8_t> is_wanted(held.size(), 0);
  for (const Index column : found.every)
    for (const Index lane : layout.lanes_of(column))
      if (!held[lane].has_values()) is_wanted[lane] = 1, wanted.push_back(lane);
  for (Index lane = 0; lane < held.size(); ++lane)
    if (is_wanted[lane] == 0 && is_known(lane)) known.push_back(lane);
  found.program = tree_.resolver().resolve(wanted, directory_.modes, known);
  for (const Index group : found.program.latents) found.blobs.push_back(*layout.latent_blobs[group]);
  for (const Index lane : found.program.lanes) found.blobs.push_back(layout.lane_blobs[lane]);
  return found;
}

// Whether all is there of a lane that others may look at.
bool Block::is_known(Index lane) const {
  const HeldLane& held = decoding_.held()[lane];
  if (!held.is_there()) return false;
  if (tree_.resolver().is_read_by_value(lane) && !held.has_values()) return false;
  const Layout& layout = tree_.layout();
  const bool is_seen = tree_.group(layout.group_of[lane]).is_seen(layout.within[lane]);
  return !is_seen || held.codes.is_there();
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

void Block::check(const Request& request, Span<const Bytes> blobs, Span<const Out> outs) const {
  require(blobs.size() == request.blobs.size(), "other blobs are given than columns take");
  require(outs.size() == request.columns.size(), "memory is given for other columns");
  for (std::size_t i = 0; i < outs.size(); ++i)
    require(outs[i].data == nullptr || outs[i].size >= bytes_of(request.columns[i]),
            "too little memory is given for a column");
  for (std::size_t i = 0; i < blobs.size(); ++i)
    require(blobs[i].size() == directory_.sizes[request.blobs[i]],
            "a blob has another size than its block says");
}

void Block::decode(Span<const Index> columns, Span<const Bytes> blobs, Span<const Out> outs,
                   bool keep, unsigned threads) {
  static_cast<void>(needs(columns));
  Request request = std::move(*pending_);
  pending_.reset();
  check(request, blobs, outs);
  try {
    run(request, blobs, outs, threads);
    settle(request, outs, keep);
  } catch (...) {
    decoding_.forget();
    throw;
  }
}

void Block::run(Request& request, Span<const Bytes> blobs, Span<const Out> outs,
                unsigned threads) {
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const Span<const Index> lanes = tree_.layout().lanes_of(request.columns[i]);
    const std::size_t size = size_of(tree_.plan().columns[request.columns[i]].type);
    const bool begins_well = reinterpret_cast<std::uintptr_t>(outs[i].data) % size == 0;
    if (lanes.size() == 1 && begins_well) decoding_.put(lanes[0], outs[i].data);
  }
  decoding_.run(request.program, blobs, request.is_all, threads);
  for (const Index column : request.every) {
    const Index group = tree_.group_of(column);
    if (checked_[group] == 0) check_counts(tree_, group, directory_, decoding_.held());
    checked_[group] = 1;
  }
}

// Gives columns out, and lets go of what is not to be kept.
void Block::settle(const Request& request, Span<const Out> outs, bool keep) {
  const Layout& layout = tree_.layout();
  Held& held = decoding_.held();
  std::vector<std::uint8_t> stays(tree_.plan().columns.size(), keep ? 1 : 0);
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const Index column = request.columns[i];
    if (outs[i].data == nullptr) stays[column] = 1;
    if (outs[i].data != nullptr) write_column(layout.lanes_of(column), held, outs[i].data);
  }
  for (const Index column : request.every) {
    for (const Index lane : layout.lanes_of(column)) {
      HeldLane& one = held[lane];
      const bool is_read = !request.is_all && tree_.resolver().is_read(lane);
      if (stays[column] == 0 && !is_read) {
        one.drop();
      } else if (stays[column] == 0 && !tree_.resolver().is_read_by_value(lane)) {
        one.drop_values();
      } else if (!one.own.is_there()) {
        const std::size_t bytes = one.values.rows * size_of(one.values.type);
        Memory own = memories_.take(bytes);
        if (bytes != 0) std::memcpy(own.data(), one.values.data, bytes);
        one.values.data = own.data();
        one.own = std::move(own);
      }
    }
  }
  decoding_.clear();
}

void Block::values(Index column, Out out) const {
  require(column < tree_.plan().columns.size(), "there is no such column in the tree");
  const Span<const Index> lanes = tree_.layout().lanes_of(column);
  const Held& held = decoding_.held();
  for (const Index lane : lanes) require(held[lane].has_values(), "the column is not decoded");
  require(out.data != nullptr && out.size >= bytes_of(column),
          "too little memory is given for a column");
  write_column(lanes, held, out.data);
}

Index Block::latents_blob(Index group) const {
  require(group < tree_.layout().groups(), "there is no such group in the tree");
  const std::optional<Index> number = tree_.layout().latent_blobs[group];
  require(number.has_value(), "the group has no latents");
  return *number;
}

void Block::latents(Index group, Bytes blob, Span<std::int64_t> out) const {
  const Index number = latents_blob(group);
  require(blob.size() == directory_.sizes[number], "a blob has another size than its block says");
  check_sum(tree_, directory_, number, blob);
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
