#include "stored_tree.hpp"

#include <TBranch.h>
#include <TList.h>
#include <TObjArray.h>
#include <TTree.h>

#include <algorithm>
#include <set>

#include "baskets.hpp"
#include "cache.hpp"
#include "directories.hpp"
#include "directory.hpp"
#include "error.hpp"

namespace rootae::root {
namespace {

constexpr std::string_view kCarrier = "__rae";

// The first 4 bytes of a sum, little endian; 1 where these are 0.
std::uint32_t id_of(Bytes head) {
  Sha256 sum;
  sum.add(head);
  const Digest found = sum.digest();
  const std::uint32_t id = std::uint32_t{found[0]} | std::uint32_t{found[1]} << 8 |
                           std::uint32_t{found[2]} << 16 | std::uint32_t{found[3]} << 24;
  return id == 0 ? 1 : id;
}

TBranch& branch_of(TTree& side, const char* name) {
  TBranch* const found = branch(side, name);
  hold(found != nullptr, "its blocks cannot be listed: the file is damaged");
  return *found;
}

bool is_alike(const rootae_column& a, const rootae_column& b) {
  return a.type == b.type && a.dimensions == b.dimensions &&
         std::equal(a.inner_shape, a.inner_shape + a.dimensions, b.inner_shape);
}

}  // namespace

StoredTree::StoredTree(std::string where, std::string_view path, TTree& coded, TDirectory& own,
                       Codecs& codecs, std::shared_ptr<const Source> source)
    : where_(std::move(where)), path_(path), source_(std::move(source)) {
  TDirectory* const trees = directory(own, "trees");
  const std::unique_ptr<TTree> side = trees == nullptr ? nullptr : tree(*trees, path);
  if (side == nullptr)
    corrupt("the tree has coded columns, but the directory 'rootae' that holds their values is "
            "gone, as after Snapshot or CopyTree: go back to the full file and use rootae skim or "
            "rootae decompress");
  read_heads(*side);
  const long long expected = content(own, "entries/" + path_);
  const auto found = static_cast<long long>(coded.GetEntries());
  if (found != static_cast<long long>(entries()) || (expected >= 0 && expected != found))
    corrupt("the tree has " + std::to_string(found) + " entries, its coded columns " +
            std::to_string(entries()) +
            ": it was merged with a file of other coded columns or a plain one, or cut by Snapshot "
            "or CopyTree; merge the originals with rootae merge, cut them with rootae skim");
  find_codecs(own, codecs);
  check_carriers(coded);
  blobs_.emplace(branch_of(*side, "blobs"));
  hold(blobs_->entries() == blocks_.size(), "its blocks cannot be listed: the file is damaged");
  find_rows();
  places_.emplace(coded);
}

StoredTree::~StoredTree() { cache().forget(this); }

void StoredTree::read_heads(TTree& side) {
  const Baskets baskets(branch_of(side, "head"));
  first_.push_back(0);
  for (std::size_t i = 0; i < baskets.size(); ++i) {
    const Basket basket = baskets.load(*source_, i);
    hold(basket.offsets.size() == baskets.first(i + 1) - baskets.first(i) + 1,
         "its blocks cannot be listed: the file is damaged");
    for (std::size_t row = 0; row + 1 < basket.offsets.size(); ++row) {
      const Bytes head = basket.entry(row);
      blocks_.emplace_back();
      blocks_.back().head.assign(head.begin(), head.end());
      const std::uint64_t entries = beginning(head).entries;
      hold(entries < std::uint64_t{1} << 40 && first_.back() < std::uint64_t{1} << 60,
           "its blocks cannot be listed: the file is damaged");
      first_.push_back(first_.back() + entries);
    }
  }
  checked_ = std::make_unique<std::atomic<bool>[]>(blocks_.size());
}

void StoredTree::find_codecs(TDirectory& own, Codecs& codecs) {
  std::set<const OpenCodec*> seen;
  const auto use = [&](const CodecPointer& codec) {
    if (main_ == nullptr) {
      main_ = codec;
      main_tree_ = codec->tree(path_);
      tree_ = codec->handle.tree(main_tree_);
      for (std::uint32_t i = 0; i < tree_.columns; ++i) {
        columns_.push_back(codec->handle.column(main_tree_, i));
        by_name_.emplace_back(view(columns_.back().name), i);
      }
      std::sort(by_name_.begin(), by_name_.end());
    } else if (seen.count(codec.get()) == 0) {
      check_columns(*codec);
    }
    seen.insert(codec.get());
  };
  for (Block& block : blocks_) {
    Digest id;
    const Bytes named = beginning(block.head).codec;
    std::copy(named.begin(), named.end(), id.begin());
    const Block* const last = &block == blocks_.data() ? nullptr : &block - 1;
    block.codec = codecs.find(id, own, *source_);
    use(block.codec);
    block.tree = block.codec->tree(path_);
    block.numbers = last != nullptr && last->codec == block.codec
                        ? last->numbers
                        : std::make_shared<const std::vector<std::uint32_t>>(
                              translated(*block.codec));
    const BlockHandle opened(block.codec->handle, block.tree,
                             {block.head.data(), block.head.size()});
    for (const std::uint32_t number : *block.numbers)
      block.extents.push_back(number == kNone ? rootae_extent{} : opened.extent(number));
  }
  if (blocks_.empty())
    for (const CodecPointer& codec : codecs.all())
      if (main_ == nullptr && codec->knows(path_)) use(codec);
  hold(main_ != nullptr, "no codec knows this tree: the file is damaged");
}

std::uint32_t StoredTree::find(std::string_view column) const {
  const auto at = std::lower_bound(by_name_.begin(), by_name_.end(),
                                   std::make_pair(column, std::uint32_t{0}));
  return at != by_name_.end() && at->first == column ? at->second : kNone;
}

// The numbers that a codec has for this tree's columns.
std::vector<std::uint32_t> StoredTree::translated(const OpenCodec& codec) const {
  const std::uint32_t tree = codec.tree(path_);
  std::vector<std::uint32_t> found(columns_.size(), kNone);
  const std::uint32_t count = codec.handle.tree(tree).columns;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t mine = find(view(codec.handle.column(tree, i).name));
    if (mine != kNone) found[mine] = i;
  }
  return found;
}

void StoredTree::check_columns(const OpenCodec& codec) const {
  const std::uint32_t tree = codec.tree(path_);
  const std::vector<std::uint32_t> numbers = translated(codec);
  for (std::uint32_t i = 0; i < columns_.size(); ++i) {
    const std::string name(view(columns_[i].name));
    if (numbers[i] == kNone) continue;
    const rootae_column other = codec.handle.column(tree, numbers[i]);
    const auto counter = [&](const CodecHandle& of, std::uint32_t in, std::int32_t number) {
      return number < 0 ? std::string()
                        : std::string(view(of.column(in, static_cast<std::uint32_t>(number)).name));
    };
    if (!is_alike(columns_[i], other) ||
        counter(main_->handle, main_tree_, columns_[i].counter) !=
            counter(codec.handle, tree, other.counter))
      corrupt("column " + name + " has several types: files of different types were merged; read "
              "them one by one");
  }
}

void StoredTree::check_carriers(TTree& coded) const {
  std::set<std::string> carriers;
  for (TObject* each : *coded.GetListOfBranches()) {
    const std::string_view name = each == nullptr ? "" : each->GetName();
    if (name.size() > kCarrier.size() && name.substr(name.size() - kCarrier.size()) == kCarrier)
      carriers.emplace(name.substr(0, name.size() - kCarrier.size()));
  }
  std::set<const OpenCodec*> seen;
  const auto check = [&](const OpenCodec& codec) {
    if (!seen.insert(&codec).second) return;
    const std::uint32_t tree = codec.tree(path_);
    std::set<std::string> planned;
    for (std::uint32_t i = 0; i < codec.handle.tree(tree).branches; ++i) {
      const rootae_branch branch = codec.handle.branch(tree, i);
      if (branch.coded != 0) planned.emplace(view(branch.name));
    }
    if (planned != carriers)
      corrupt("the tree and its blocks do not code the same columns: files of different coded "
              "columns were merged; merge the originals with rootae merge");
  };
  check(*main_);
  for (const Block& block : blocks_) check(*block.codec);
}

BlockHandle StoredTree::open(std::size_t block) const {
  const Block& of = blocks_[block];
  if (!checked_[block]) {
    places_->check(*source_, first_[block], first_[block + 1] - first_[block], id_of(of.head));
    checked_[block] = true;
  }
  return {of.codec->handle, of.tree, {of.head.data(), of.head.size()}};
}

std::vector<std::uint32_t> StoredTree::numbers(std::size_t block,
                                               const std::vector<std::uint32_t>& columns) const {
  std::vector<std::uint32_t> found;
  for (const std::uint32_t column : columns) {
    found.push_back((*blocks_[block].numbers)[column]);
    hold(found.back() != kNone, "the block has no such column: files of different columns were "
                                "merged; merge the originals with rootae merge");
  }
  return found;
}

// Finds where blobs begin that lie in the file as they are, each row in a basket of its own.
void StoredTree::find_rows() {
  rows_.resize(blocks_.size());
  std::vector<std::size_t> wanted;
  std::vector<Range> beginnings;
  for (std::size_t i = 0; i < blobs_->size(); ++i) {
    if (!blobs_->lies_apart(i) || blobs_->first(i + 1) - blobs_->first(i) != 1) continue;
    wanted.push_back(i);
    beginnings.push_back({blobs_->place(i).start, Baskets::kBeginning});
  }
  const Fetched found = source_->fetch(beginnings);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Range place = blobs_->place(wanted[i]);
    const Record record = Baskets::record(found.parts[i], place);
    if (record.whole == place.size - record.key)
      rows_[blobs_->first(wanted[i])] = Range{place.start + record.key, record.whole};
  }
}

Fetched StoredTree::fetch(std::size_t block, const std::vector<rootae_span>& spans) const {
  const std::optional<Range>& row = rows_[block];
  if (!row) return packed(block, spans);
  std::vector<Range> ranges;
  for (const rootae_span& span : spans) {
    hold(span.size <= row->size && span.offset <= row->size - span.size,
         "its blobs end early: the file is damaged");
    ranges.push_back({row->start + span.offset, span.size});
  }
  return source_->fetch(ranges);
}

// Reads blobs of a row that another program packed.
Fetched StoredTree::packed(std::size_t block, const std::vector<rootae_span>& spans) const {
  const std::size_t number = blobs_->of(block);
  Basket basket = blobs_->load(*source_, number);
  const std::size_t row = block - static_cast<std::size_t>(blobs_->first(number));
  hold(row + 1 < basket.offsets.size(), "its blobs cannot be read: the file is damaged");
  const std::uint32_t start = basket.offsets[row], size = basket.offsets[row + 1] - start;
  Fetched found;
  found.memory = std::move(basket.bytes);
  for (const rootae_span& span : spans) {
    hold(span.size <= size && span.offset <= size - span.size,
         "its blobs end early: the file is damaged");
    found.parts.push_back(Bytes(found.memory).part(start + span.offset, span.size));
  }
  return found;
}

}  // namespace rootae::root
