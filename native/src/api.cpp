// The C ABI over codecs and blocks: nothing is thrown across it.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "block.hpp"
#include "guarded.hpp"
#include "handles.hpp"
#include "rootae/rootae.h"

struct rootae_block {
  rootae_block(std::shared_ptr<const rootae::Codec> of, const rootae::CompiledTree& tree,
               rootae::Bytes head)
      : codec(std::move(of)), block(tree, head, codec->zstd(), codec->memories()) {}
  std::shared_ptr<const rootae::Codec> codec;  // before the block, which looks at it
  rootae::Block block;
};

namespace {

using rootae::Bytes;
using rootae::given;
using rootae::guarded;
using rootae::Index;
using rootae::require;
using rootae::Span;
using rootae::tree_of;

static_assert(ROOTAE_FLOAT64 == static_cast<int>(rootae::Type::float64));

rootae_text text(const std::string& of) noexcept { return {of.data(), of.size()}; }

template <class T>
std::uint32_t size(const std::vector<T>& of) noexcept {
  return static_cast<std::uint32_t>(of.size());
}

bool is_exact(const rootae::CompiledTree& tree, Index column) {
  const rootae::Layout& layout = tree.layout();
  const Span<const Index> lanes = layout.lanes_of(column);
  return std::all_of(lanes.begin(), lanes.end(), [&](Index lane) {
    const rootae::Group& group = tree.plan().groups[layout.group_of[lane]];
    return group.lanes[layout.within[lane]].bound.kind == rootae::BoundKind::exact;
  });
}

// Bytes of a column's blobs in a block.
std::uint64_t stored(const rootae::Block& block, Index column) {
  const rootae::Layout& layout = block.tree().layout();
  std::uint64_t total = 0;
  for (const Index lane : layout.lanes_of(column))
    total += block.directory().sizes[layout.lane_blobs[lane]];
  return total;
}

rootae_span span(const rootae::Directory& directory, Index blob) {
  return {directory.starts[blob], directory.sizes[blob], directory.sums[blob],
          static_cast<std::uint32_t>(blob)};
}

}  // namespace

extern "C" {

std::int32_t rootae_abi() { return ROOTAE_ABI; }

int rootae_codec_open(const std::uint8_t* plan, std::size_t plan_size, const std::uint8_t* tables,
                      std::size_t tables_size, const std::uint8_t* networks,
                      std::size_t networks_size, rootae_zstd zstd, rootae_codec** codec,
                      rootae_error* error) {
  return guarded(error, [&] {
    const Bytes read = given(plan, plan_size);
    const std::string_view written(reinterpret_cast<const char*>(read.data()), read.size());
    auto opened = std::make_shared<const rootae::Codec>(written, given(tables, tables_size),
                                                        given(networks, networks_size), zstd);
    rootae_codec*& into = given(codec);
    into = std::make_unique<rootae_codec>(rootae_codec{std::move(opened)}).release();
  });
}

void rootae_codec_close(rootae_codec* codec) { const std::unique_ptr<rootae_codec> owned(codec); }

std::uint32_t rootae_codec_trees(const rootae_codec* codec) {
  return codec == nullptr ? 0 : static_cast<std::uint32_t>(codec->codec->trees());
}

int rootae_codec_tree(const rootae_codec* codec, std::uint32_t tree, rootae_tree* found,
                      rootae_error* error) {
  return guarded(error, [&] {
    const rootae::Tree& plan = tree_of(codec, tree).plan();
    given(found) = {text(plan.path), text(plan.title), size(plan.columns), size(plan.groups),
                    size(plan.branches)};
  });
}

int rootae_codec_column(const rootae_codec* codec, std::uint32_t tree, std::uint32_t column,
                        rootae_column* found, rootae_error* error) {
  return guarded(error, [&] {
    const rootae::CompiledTree& of = tree_of(codec, tree);
    require(column < of.plan().columns.size(), "there is no such column in the tree");
    const rootae::Column& plan = of.plan().columns[column];
    const Index counter = of.counter_of(column);
    rootae_column& out = given(found);
    out.name = text(plan.name);
    out.type_name = text(plan.typename_);
    out.title = text(plan.title);
    out.type = static_cast<std::int32_t>(plan.type);
    out.counter = counter == rootae::kNoColumn ? -1 : static_cast<std::int32_t>(counter);
    out.group = of.group_of(column);
    out.lanes = static_cast<std::uint32_t>(of.layout().lanes_of(column).size());
    out.inner_shape = plan.inner_shape.empty() ? nullptr : plan.inner_shape.data();
    out.dimensions = plan.inner_shape.size();
    out.is_counter = plan.is_counter ? 1 : 0;
    out.is_exact = is_exact(of, column) ? 1 : 0;
    static const rootae::Leaf usual;
    const rootae::Leaf& leaf = plan.leaf ? *plan.leaf : usual;
    out.leaf_kind = text(leaf.kind);
    out.leaf_name = text(leaf.name);
    out.leaf_title = text(leaf.title);
    out.leaf_of = text(leaf.of);
  });
}

int rootae_codec_group(const rootae_codec* codec, std::uint32_t tree, std::uint32_t group,
                       rootae_group* found, rootae_error* error) {
  return guarded(error, [&] {
    const rootae::Tree& plan = tree_of(codec, tree).plan();
    require(group < plan.groups.size(), "there is no such group in the tree");
    const rootae::Group& one = plan.groups[group];
    given(found) = {text(one.name), static_cast<std::uint32_t>(one.lanes.size()),
                    one.encoder ? one.encoder->latents : 0};
  });
}

int rootae_codec_branch(const rootae_codec* codec, std::uint32_t tree, std::uint32_t branch,
                        rootae_branch* found, rootae_error* error) {
  return guarded(error, [&] {
    const rootae::Tree& plan = tree_of(codec, tree).plan();
    require(branch < plan.branches.size(), "there is no such branch in the tree");
    const rootae::Branch& one = plan.branches[branch];
    static const std::string nothing;
    given(found) = {text(one.name), text(one.typename_), text(one.title),
                    text(one.counter ? *one.counter : nothing), one.coded ? 1 : 0};
  });
}

int rootae_block_open(const rootae_codec* codec, std::uint32_t tree, const std::uint8_t* head,
                      std::size_t head_size, rootae_block** block, rootae_error* error) {
  return guarded(error, [&] {
    const rootae::CompiledTree& of = tree_of(codec, tree);
    const std::shared_ptr<const rootae::Codec>& open = codec->codec;
    rootae_block*& into = given(block);
    into = std::make_unique<rootae_block>(open, of, given(head, head_size)).release();
  });
}

void rootae_block_close(rootae_block* block) { const std::unique_ptr<rootae_block> owned(block); }

std::uint64_t rootae_block_entries(const rootae_block* block) {
  return block == nullptr ? 0 : block->block.directory().entries;
}

std::uint64_t rootae_block_bytes(const rootae_block* block) {
  return block == nullptr ? 0 : block->block.directory().starts.back();
}

std::uint64_t rootae_block_kept(const rootae_block* block) {
  return block == nullptr ? 0 : block->block.kept();
}

int rootae_block_extent(const rootae_block* block, std::uint32_t column, rootae_extent* found,
                        rootae_error* error) {
  return guarded(error, [&] {
    const rootae::Block& of = given(block).block;
    require(column < of.tree().plan().columns.size(), "there is no such column in the tree");
    given(found) = {of.rows(column), of.bytes_of(column), stored(of, column),
                    of.directory().most[of.tree().group_of(column)]};
  });
}

int rootae_block_needs(rootae_block* block, const std::uint32_t* columns, std::size_t column_count,
                       rootae_span* spans, std::size_t capacity, std::size_t* count,
                       rootae_error* error) {
  return guarded(error, [&] {
    rootae::Block& of = given(block).block;
    given(spans, capacity);
    const std::vector<Index>& blobs = of.needs(given(columns, column_count));
    given(count) = blobs.size();
    for (std::size_t i = 0; i < std::min(capacity, blobs.size()); ++i)
      spans[i] = span(of.directory(), blobs[i]);
  });
}

int rootae_block_decode(rootae_block* block, const std::uint32_t* columns, std::size_t column_count,
                        const rootae_bytes* blobs, std::size_t blob_count, const rootae_out* outs,
                        int keep, std::uint32_t threads, rootae_error* error) {
  return guarded(error, [&] {
    rootae::Block& of = given(block).block;
    require(threads != 0, "there is no thread to decode columns by");
    const Span<const Index> wanted = given(columns, column_count);
    std::vector<Bytes> bytes;
    for (const rootae_bytes& blob : given(blobs, blob_count))
      bytes.push_back(given(blob.data, blob.size));
    std::vector<rootae::Out> into(column_count);
    for (std::size_t i = 0; outs != nullptr && i < column_count; ++i)
      into[i] = {static_cast<std::uint8_t*>(outs[i].data), outs[i].size};
    of.decode(wanted, {bytes.data(), bytes.size()}, {into.data(), into.size()}, keep != 0, threads);
  });
}

int rootae_block_values(const rootae_block* block, std::uint32_t column, void* out,
                        std::size_t size, rootae_error* error) {
  return guarded(error, [&] {
    given(block).block.values(column, {static_cast<std::uint8_t*>(out), size});
  });
}

int rootae_block_latents_span(const rootae_block* block, std::uint32_t group, rootae_span* found,
                              rootae_error* error) {
  return guarded(error, [&] {
    const rootae::Block& of = given(block).block;
    given(found) = span(of.directory(), of.latents_blob(group));
  });
}

int rootae_block_latents(const rootae_block* block, std::uint32_t group, const std::uint8_t* blob,
                         std::size_t size, std::int64_t* out, std::size_t count,
                         rootae_error* error) {
  return guarded(error, [&] {
    require(out != nullptr || count == 0, "NULL is given for what has to be there");
    given(block).block.latents(group, given(blob, size), {out, count});
  });
}

}  // extern "C"
