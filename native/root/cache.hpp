// Decoded blocks of the process: kept for a while, for whoever asks next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "values.hpp"

namespace rootae::root {

class DecodedBlock;
class StoredTree;

class Cache {
 public:
  // Returns columns of a block; threads that ask for the same block wait for each other.
  // Throws corrupt.
  std::vector<ValuesPointer> get(const StoredTree& tree, std::size_t block,
                                 const std::vector<std::uint32_t>& columns);
  // Drops what it has of a tree that nobody uses any more.
  void forget(const StoredTree* tree);
  // Bytes to keep; the two blocks that were used last stay whatever they take.
  void keep(std::size_t bytes);

 private:
  using Key = std::pair<const StoredTree*, std::size_t>;
  struct Entry {
    Key key;
    std::shared_ptr<DecodedBlock> block;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;  // what was used last comes first
  std::shared_ptr<DecodedBlock> find(const StoredTree& tree, std::size_t block);
  void note(const Key& key, std::size_t bytes);
  void shrink();

  std::mutex lock_;
  Entries entries_;
  std::map<Key, Entries::iterator> by_key_;
  std::size_t bytes_ = 0, limit_ = std::size_t{256} << 20;
};

// The process's own.
Cache& cache();

}  // namespace rootae::root
