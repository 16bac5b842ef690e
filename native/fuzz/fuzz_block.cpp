// Any codec and block by the C ABI: columns are refused, or the same at once and a few at a time.
// The input is parts, each behind its length: plan, tables, networks (what their frames hold), the
// directory in brief, then blobs. Frames, the directory and its checksums are made here.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "../test/stored.hpp"
#include "crc32.hpp"
#include "rootae/rootae.hpp"

namespace {

using rootae::BlockHandle;
using rootae::CodecHandle;
using Columns = std::vector<std::uint32_t>;
using Values = std::vector<Blob>;

enum Part : std::size_t { kPlan, kTables, kNetworks, kHead, kBlobs };
constexpr std::size_t kCodecs = 32;  // that are kept open: most inputs change blobs only
constexpr unsigned kRowsBelow = 1 << 12;  // a constant of 2^31 rows is no damage, but slow

// Takes bytes off the front; behind the end there are zeros.
class Reader {
 public:
  explicit Reader(const Blob& data) : data_(data) {}
  [[nodiscard]] bool is_done() const { return at_ >= data_.size(); }
  unsigned byte() { return at_ < data_.size() ? data_[at_++] : 0; }
  unsigned word() {
    const unsigned low = byte();
    return low | byte() << 8;
  }
  Blob part() {
    const std::size_t most = word() | static_cast<std::size_t>(word()) << 16;
    const std::size_t size = std::min(most, data_.size() - at_);
    const auto* first = data_.data() + at_;
    at_ += size;
    return {first, first + size};
  }

 private:
  const Blob& data_;
  std::size_t at_ = 0;
};

void append_number(Blob& to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

std::vector<Blob> parts_of(const Blob& data) {
  std::vector<Blob> parts;
  for (Reader reader(data); !reader.is_done();) parts.push_back(reader.part());
  if (parts.size() < kBlobs) parts.resize(kBlobs);
  return parts;
}

rootae_bytes bytes(const Blob& blob) { return {blob.data(), blob.size()}; }

Blob packed(const Blob& data) {
  Blob out = varint(data.size());
  append(out, frame(data));
  return out;
}

// Frames that are none of ours hold whatever follows from their bytes.
std::size_t unpack_any(const std::uint8_t* in, std::size_t in_size, std::uint8_t* out,
                       std::size_t out_size) {
  const std::size_t found = unpack(in, in_size, out, out_size);
  if (found != SIZE_MAX || in_size % 17 == 16) return found;
  for (std::size_t i = 0; i + 1 < out_size; ++i) out[i] = in[(i + 8) % in_size];
  return out_size - 1;
}

// Nothing else than damage may be found.
void expect_damage(const rootae::Refused& error) {
  if (error.kind() == ROOTAE_CORRUPT || error.kind() == ROOTAE_FORMAT) return;
  std::fprintf(stderr, "kind %d: %s\n", error.kind(), error.what());
  std::abort();
}

struct Opened {
  std::vector<Blob> parts;
  CodecHandle codec;
};

const CodecHandle& opened(const std::vector<Blob>& parts) {
  static std::deque<std::unique_ptr<const Opened>> kept;
  const std::vector<Blob> own(parts.begin(), parts.begin() + kHead);
  for (const auto& one : kept)
    if (one->parts == own) return one->codec;
  const std::string plan(own[kPlan].begin(), own[kPlan].end());
  const Blob tables = packed(own[kTables]), networks = packed(own[kNetworks]);
  CodecHandle codec(plan, bytes(tables), bytes(networks), unpack_any);
  kept.push_back(std::unique_ptr<const Opened>(new Opened{own, std::move(codec)}));
  if (kept.size() > kCodecs) kept.pop_front();
  return kept.back()->codec;
}

// A block's directory and its blobs, one behind the other.
struct Stored {
  std::uint32_t tree = 0;
  unsigned how = 0;
  Blob head, blobs;
};

std::uint32_t sum_of(const Blob& data) { return rootae::crc32({data.data(), data.size()}); }

// In brief: the tree, how it is asked for, entries; rows and largest count of each group, rows 0
// for as many as entries; modes.
Stored stored(const CodecHandle& codec, const std::vector<Blob>& parts) {
  Stored out;
  Reader brief(parts[kHead]);
  out.tree = brief.byte() % codec.trees();
  out.how = brief.byte();
  const std::uint64_t entries = brief.word() % kRowsBelow;
  out.head.resize(32);
  append_number(out.head, entries, 8);
  Blob most, sizes, sums, modes;
  std::size_t blobs = 0, lanes = 0;
  for (std::uint32_t i = 0; i < codec.tree(out.tree).groups; ++i) {
    const rootae_group group = codec.group(out.tree, i);
    const std::uint64_t rows = brief.word() % kRowsBelow;
    append_number(out.head, rows == 0 && group.name.size == 0 ? entries : rows, 8);
    append_number(most, brief.word(), 4);
    blobs += group.lanes + (group.latents > 0 ? 1 : 0);
    lanes += group.lanes;
  }
  for (std::size_t i = 0; i < blobs; ++i) {
    const Blob blob = kBlobs + i < parts.size() ? parts[kBlobs + i] : Blob();
    append_number(sizes, blob.size(), 4);
    append_number(sums, sum_of(blob), 4);
    append(out.blobs, blob);
  }
  for (std::size_t i = 0; i < lanes; ++i) append_number(modes, brief.byte(), 1);
  for (const Blob* table : {&most, &sizes, &sums, &modes}) append(out.head, *table);
  append_number(out.head, 0, 4);
  append_number(out.head, sum_of(out.head), 4);
  return out;
}

std::vector<rootae_bytes> blobs_of(BlockHandle& block, const Columns& columns, const Blob& blobs) {
  std::vector<rootae_bytes> found;
  for (const rootae_span& span : block.needs(columns))
    found.push_back({blobs.data() + span.offset, span.size});
  return found;
}

// All columns at once, kept inside.
std::optional<Values> whole(const CodecHandle& codec, const Stored& from, const Columns& all) try {
  BlockHandle block(codec, from.tree, bytes(from.head));
  block.decode(all, blobs_of(block, all, from.blobs), {});
  Values values;
  for (const std::uint32_t column : all) {
    values.emplace_back(block.extent(column).bytes + 1);
    block.values(column, values.back().data(), values.back().size());
  }
  return values;
} catch (const rootae::Refused& error) {
  expect_damage(error);
  return std::nullopt;
}

// Columns into memory that may begin anywhere.
void decode_some(BlockHandle& block, const Stored& from, const Columns& some, Values& into) {
  const unsigned shift = from.how >> 1 & 1;
  std::vector<rootae_out> outs;
  for (const std::uint32_t column : some) {
    into[column].resize(block.extent(column).bytes + 1);
    outs.push_back({into[column].data() + shift, into[column].size() - shift});
  }
  const std::uint32_t threads = 1 + (from.how >> 6 & 1);
  block.decode(some, blobs_of(block, some, from.blobs), outs, (from.how & 1) != 0, threads);
  for (const std::uint32_t column : some)
    if (shift != 0) std::rotate(into[column].begin(), into[column].begin() + 1, into[column].end());
}

// A few columns, then the others.
std::optional<Values> by_turns(const CodecHandle& codec, const Stored& from, const Columns& all) try {
  BlockHandle block(codec, from.tree, bytes(from.head));
  Columns first, then;
  for (const std::uint32_t column : all)
    ((column * 5 + (from.how >> 2)) % 7 < 3 ? first : then).push_back(column);
  Values values(all.size());
  decode_some(block, from, first, values);
  decode_some(block, from, then, values);
  return values;
} catch (const rootae::Refused& error) {
  expect_damage(error);
  return std::nullopt;
}

void read_latents(const CodecHandle& codec, const Stored& from) {
  BlockHandle block(codec, from.tree, bytes(from.head));
  for (std::uint32_t group = 0; group < codec.tree(from.tree).groups; ++group) {
    const std::uint32_t latents = codec.group(from.tree, group).latents;
    if (latents == 0 || latents >= kRowsBelow) continue;
    rootae_span span;
    rootae_error error;
    if (rootae_block_latents_span(block.get(), group, &span, &error) != ROOTAE_OK) std::abort();
    std::vector<std::int64_t> out(std::size_t{latents} * kRowsBelow);
    const int kind = rootae_block_latents(block.get(), group, from.blobs.data() + span.offset,
                                          span.size, out.data(), out.size(), &error);
    if (kind != ROOTAE_OK) expect_damage({kind, error.message});
  }
}

bool are_same(const std::optional<Values>& one, const std::optional<Values>& other) {
  if (!one || !other) return !one && !other;
  for (std::size_t i = 0; i < one->size(); ++i) {
    const std::size_t size = (*one)[i].size() - 1;
    if ((*other)[i].size() != size + 1) return false;
    if (size != 0 && std::memcmp((*one)[i].data(), (*other)[i].data(), size) != 0) return false;
  }
  return true;
}

void read(const std::vector<Blob>& parts) {
  const CodecHandle& codec = opened(parts);
  if (codec.trees() == 0) return;
  const Stored from = stored(codec, parts);
  Columns all(codec.tree(from.tree).columns);
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  const std::optional<Values> once = whole(codec, from, all);
  if (!are_same(once, by_turns(codec, from, all))) {
    std::fprintf(stderr, "columns differ by what else is asked for\n");
    std::abort();
  }
  read_latents(codec, from);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    read(parts_of({data, data + size}));
  } catch (const rootae::Refused& error) {
    expect_damage(error);
  }
  return 0;
}

#ifdef ROOTAE_FUZZ
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

// A blob, or the directory, mostly: changed plans are rarely taken.
std::size_t chosen(std::size_t parts, std::minstd_rand& random) {
  const std::size_t dice = random() % 20;
  if (dice < kHead) return dice;
  return dice < 8 || parts == kBlobs ? kHead : kBlobs + random() % (parts - kBlobs);
}

}  // namespace

// Changes one part, and the length before it.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<Blob> parts = parts_of({data, data + size});
  Blob& part = parts[chosen(parts.size(), random)];
  if (random() % 16 == 0) part = parts[chosen(parts.size(), random)];
  std::size_t all = 0;
  for (const Blob& one : parts) all += 4 + one.size();
  if (all >= most) return LLVMFuzzerMutate(data, size, most);
  const std::size_t had = part.size();
  part.resize(had + (most - all));
  part.resize(LLVMFuzzerMutate(part.data(), had, part.size()));
  Blob out;
  for (const Blob& one : parts) {
    append_number(out, one.size(), 4);
    append(out, one);
  }
  std::memcpy(data, out.data(), out.size());
  return out.size();
}
#endif
