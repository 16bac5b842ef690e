#include "cache.hpp"

#include "decoded_block.hpp"

namespace rootae::root {
namespace {

constexpr std::size_t kAtLeast = 2;  // blocks that are kept, whatever they take

}  // namespace

Cache& cache() {
  static auto* const of = new Cache;  // it outlives all that ROOT takes down at the end
  return *of;
}

std::vector<ValuesPointer> Cache::get(const StoredTree& tree, std::size_t block,
                                      const std::vector<std::uint32_t>& columns) {
  const std::shared_ptr<DecodedBlock> found = find(tree, block);
  std::vector<ValuesPointer> values = found->get(columns);
  note({&tree, block}, found->bytes());
  return values;
}

std::shared_ptr<DecodedBlock> Cache::find(const StoredTree& tree, std::size_t block) {
  const Key key(&tree, block);
  const std::lock_guard<std::mutex> locked(lock_);
  const auto at = by_key_.find(key);
  if (at != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, at->second);
    return at->second->block;
  }
  entries_.push_front({key, std::make_shared<DecodedBlock>(tree, block), 0});
  by_key_.emplace(key, entries_.begin());
  return entries_.front().block;
}

void Cache::note(const Key& key, std::size_t bytes) {
  const std::lock_guard<std::mutex> locked(lock_);
  const auto at = by_key_.find(key);
  if (at == by_key_.end()) return;
  bytes_ += bytes - at->second->bytes;
  at->second->bytes = bytes;
  shrink();
}

void Cache::shrink() {
  while (bytes_ > limit_ && entries_.size() > kAtLeast) {
    bytes_ -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

void Cache::keep(std::size_t bytes) {
  const std::lock_guard<std::mutex> locked(lock_);
  limit_ = bytes;
  shrink();
}

void Cache::forget(const StoredTree* tree) {
  const std::lock_guard<std::mutex> locked(lock_);
  for (auto at = by_key_.lower_bound({tree, 0}); at != by_key_.end() && at->first.first == tree;) {
    bytes_ -= at->second->bytes;
    entries_.erase(at->second);
    at = by_key_.erase(at);
  }
}

}  // namespace rootae::root
