// The C functions of rootae/root.h: nothing is thrown across them.
#include <TFile.h>
#include <TTree.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cache.hpp"
#include "container.hpp"
#include "decoded_block.hpp"
#include "directories.hpp"
#include "file.hpp"
#include "guarded.hpp"
#include "rootae/root.h"

struct rootae_root_tree {
  rootae::root::ContainerPointer container;
  rootae::root::TreePointer tree;
};

struct rootae_root_hold {
  std::vector<rootae::root::ValuesPointer> values;
};

namespace {

using rootae::Error;
using rootae::ErrorKind;

// As guarded, of what the core refuses across its own ABI, too.
template <class Work>
int answered(rootae_error* error, Work&& work) noexcept {
  return rootae::guarded(error, [&] {
    try {
      work();
    } catch (const rootae::Refused& refused) {
      if (refused.kind() == ROOTAE_INTERNAL) throw;
      throw Error(static_cast<ErrorKind>(refused.kind() - 1), refused.what());
    }
  });
}

void require(bool right, const std::string& otherwise) {
  if (!right) throw Error(ErrorKind::argument, otherwise);
}

rootae_root_tree opened(const char* url, const char* path) {
  const std::unique_ptr<TFile> file(TFile::Open(url, "READ"));
  require(file != nullptr && !file->IsZombie(), std::string(url) + " cannot be opened");
  const rootae::root::ContainerPointer container = rootae::root::container_of(*file);
  const std::string where = std::string(url) + ":" + path;
  require(container != nullptr, where + " has no coded columns");
  rootae::root::TreePointer tree = container->find(path);
  if (tree == nullptr) {
    const std::unique_ptr<TTree> read = rootae::root::tree(*file, path);
    require(read != nullptr, where + ": there is no such tree");
    tree = container->find(path);  // it is read with the tree
  }
  require(tree != nullptr, where + " has no coded columns");
  return {container, std::move(tree)};
}

}  // namespace

extern "C" {

std::int32_t rootae_root_abi() { return ROOTAE_ROOT_ABI; }

int rootae_root_open(const char* url, const char* path, rootae_root_tree** tree,
                     rootae_error* error) {
  return answered(error, [&] {
    require(url != nullptr && path != nullptr && tree != nullptr,
            "NULL is given for what has to be there");
    *tree = std::make_unique<rootae_root_tree>(opened(url, path)).release();
  });
}

void rootae_root_close(rootae_root_tree* tree) {
  const std::unique_ptr<rootae_root_tree> owned(tree);
}

std::uint64_t rootae_root_entries(const rootae_root_tree* tree) { return tree->tree->entries(); }
std::uint64_t rootae_root_blocks(const rootae_root_tree* tree) { return tree->tree->blocks(); }
std::uint64_t rootae_root_first(const rootae_root_tree* tree, std::uint64_t block) {
  return tree->tree->first(static_cast<std::size_t>(block));
}
std::uint32_t rootae_root_columns(const rootae_root_tree* tree) { return tree->tree->columns(); }
std::uint32_t rootae_root_branches(const rootae_root_tree* tree) { return tree->tree->branches(); }

int rootae_root_column(const rootae_root_tree* tree, std::uint32_t column, rootae_column* found,
                       rootae_error* error) {
  return answered(error, [&] {
    require(column < tree->tree->columns(), "there is no such column in the tree");
    *found = tree->tree->column(column);
  });
}

int rootae_root_branch(const rootae_root_tree* tree, std::uint32_t branch, rootae_branch* found,
                       rootae_error* error) {
  return answered(error, [&] { *found = tree->tree->branch(branch); });
}

int rootae_root_block(const rootae_root_tree* tree, std::uint64_t block,
                      const std::uint32_t* columns, std::size_t column_count,
                      rootae_root_values* values, rootae_root_hold** hold, rootae_error* error) {
  return answered(error, [&] {
    const rootae::root::StoredTree& of = *tree->tree;
    require(block < of.blocks(), "there is no such block in the tree");
    for (std::size_t i = 0; i < column_count; ++i)
      require(columns[i] < of.columns(), "there is no such column in the tree");
    auto made = std::make_unique<rootae_root_hold>();
    made->values = rootae::root::cache().get(of, static_cast<std::size_t>(block),
                                             {columns, columns + column_count});
    for (std::size_t i = 0; i < column_count; ++i) {
      const rootae::root::Values& one = *made->values[i];
      values[i] = {one.data(), one.rows, one.offsets == nullptr ? nullptr : one.offsets->data(),
                   one.outer == nullptr ? nullptr : one.outer->data()};
    }
    *hold = made.release();
  });
}

void rootae_root_release(rootae_root_hold* hold) {
  const std::unique_ptr<rootae_root_hold> owned(hold);
}

void rootae_root_keep(std::uint64_t bytes) {
  rootae::root::cache().keep(static_cast<std::size_t>(bytes));
}

std::uint64_t rootae_root_decoded() { return rootae::root::decoded_columns(); }

}  // extern "C"
