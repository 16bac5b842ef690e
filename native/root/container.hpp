// What a compressed file holds besides its trees, shared by all that have it open.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codecs.hpp"
#include "model.hpp"
#include "source.hpp"
#include "stored_tree.hpp"

class TDirectory;
class TFile;
class TTree;

namespace rootae::root {

using TreePointer = std::shared_ptr<const StoredTree>;

// Baskets of coded columns lie at positions that no file has, each at one of its own.
constexpr int kPositionBits = 36;  // of a position inside a basket
constexpr std::uint64_t kVirtual = std::uint64_t{1} << kPositionBits;

// A basket of a coded column.
struct VirtualBasket {
  TreePointer tree;
  std::uint32_t column = 0;
  std::size_t block = 0;
};

class Container {
 public:
  Container(std::string where, std::shared_ptr<const Source> source)
      : where_(std::move(where)), source_(std::move(source)) {}

  // What is shown of a tree with carriers, read from an opened file of this container; whoever asks
  // first has it read. Throws what is wrong with it, and says where.
  std::shared_ptr<const TreeModel> model(std::string_view path, TTree& coded, TFile& file);
  // Throws corrupt where a tree that has no carriers should have some.
  void refuse_plain(std::string_view path, TFile& file) const;
  // The title of a tree as its codec has it; nothing where that cannot be read.
  std::optional<std::string> title(std::string_view path, TFile& file);
  // One that was read before, or nullptr.
  [[nodiscard]] TreePointer find(std::string_view path) const;

  // The basket that lies at a position. Throws argument where none does.
  [[nodiscard]] VirtualBasket at(std::uint64_t position) const;

 private:
  Codecs& codecs(TDirectory& own);

  struct Held {
    std::uint64_t first;  // of its baskets
    TreePointer tree;
    std::shared_ptr<const TreeModel> model;
  };

  const std::string where_;
  const std::shared_ptr<const Source> source_;
  mutable std::mutex lock_;
  std::optional<Codecs> codecs_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
  std::vector<Held> trees_;
  std::uint64_t baskets_ = 1;
};

using ContainerPointer = std::shared_ptr<Container>;

// The directory `rootae` of a file as the plug-in opens it; nullptr where it holds no codecs.
TDirectory* own_directory(TFile& file);

// The containers of the process.
class Containers {
 public:
  // Returns the one of a key, nullptr where there is none.
  ContainerPointer find(const std::string& key) {
    const std::lock_guard<std::mutex> locked(lock_);
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : at->second.lock();
  }
  // Returns the one of a key, which `make` makes where there is none. Some are kept for files that
  // are opened again and again.
  template <class Make>
  ContainerPointer get(const std::string& key, bool keep, Make&& make) {
    const std::lock_guard<std::mutex> locked(lock_);
    ContainerPointer found = by_key_[key].lock();
    if (found == nullptr) by_key_[key] = found = make();
    if (keep) note(found);
    return found;
  }

 private:
  void note(const ContainerPointer& used);

  std::mutex lock_;
  std::map<std::string, std::weak_ptr<Container>> by_key_;
  std::vector<ContainerPointer> kept_;  // what was used last comes last
};

Containers& containers();

}  // namespace rootae::root
