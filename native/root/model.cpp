#include "model.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "container.hpp"
#include "error.hpp"
#include "stored_tree.hpp"

namespace rootae::root {
namespace {

// ROOT's letter for a type of leaf.
char letter(const rootae_column& column) {
  const std::string_view kind = view(column.leaf_kind);
  if (is_packed(column)) return kind == "TLeafF16" ? 'f' : 'd';
  switch (column.type) {
    case ROOTAE_BOOL: return 'O';
    case ROOTAE_INT8: return 'B';
    case ROOTAE_UINT8: return 'b';
    case ROOTAE_INT16: return 'S';
    case ROOTAE_UINT16: return 's';
    case ROOTAE_INT32: return 'I';
    case ROOTAE_UINT32: return 'i';
    case ROOTAE_INT64: return kind == "TLeafG" ? 'G' : 'L';
    case ROOTAE_UINT64: return kind == "TLeafG" ? 'g' : 'l';
    case ROOTAE_FLOAT32: return 'F';
    default: return 'D';
  }
}

const char* element_of(std::int32_t type) {
  switch (type) {
    case ROOTAE_BOOL: return "bool";
    case ROOTAE_INT8: return "char";
    case ROOTAE_UINT8: return "unsigned char";
    case ROOTAE_INT16: return "short";
    case ROOTAE_UINT16: return "unsigned short";
    case ROOTAE_INT32: return "int";
    case ROOTAE_UINT32: return "unsigned int";
    case ROOTAE_INT64: return "Long64_t";
    case ROOTAE_UINT64: return "ULong64_t";
    case ROOTAE_FLOAT32: return "float";
    default: return "double";
  }
}

std::string held_by(const rootae_column& column, bool is_nested) {
  if (column.leaf_of.size != 0) return std::string(view(column.leaf_of));
  const std::string element = element_of(column.type);
  return is_nested ? "vector<vector<" + element + "> >" : "vector<" + element + ">";
}

std::string title_of_leaf(const StoredTree& stored, const rootae_column& column, EntryKind kind) {
  std::string title(view(column.name));
  if (kind == EntryKind::counted) title += "[" + counter_name(stored, column) + "]";
  for (std::size_t i = 0; i < column.dimensions; ++i)
    title += "[" + std::to_string(column.inner_shape[i]) + "]";
  return title;
}

// A leaf's title as ROOT reads it: to that of an older packed one it adds what is missing.
std::string read_title(const rootae_column& column) {
  const std::string title(view(column.leaf_title));
  const bool is_older = title.compare(0, 2, "d[") == 0 || title.compare(0, 2, "f[") == 0;
  return is_packed(column) && is_older ? "/" + title : title;
}

// What ROOT is told that a branch holds.
std::string holds(const rootae_column& column, EntryKind kind) {
  if (kind == EntryKind::vector || kind == EntryKind::nested)
    return held_by(column, kind == EntryKind::nested);
  return std::string("leaf/") + letter(column) + (is_packed(column) ? range_of(column) : "");
}

// The largest value that a counter has.
std::uint64_t most(const StoredTree& tree, std::int32_t counter) {
  std::uint64_t found = 0;
  for (std::uint32_t i = 0; i < tree.columns(); ++i) {
    if (tree.column(i).counter != counter) continue;
    for (std::size_t block = 0; block < tree.blocks(); ++block)
      found = std::max<std::uint64_t>(found, tree.extent(i, block).most);
    break;
  }
  return found;
}

std::vector<BasketPlace> places(const StoredTree& tree, std::uint32_t column,
                                std::uint64_t first) {
  const Records records(tree, column);
  const std::uint64_t start = first + column * tree.blocks() * kVirtual;
  std::vector<BasketPlace> found;
  for (std::size_t block = 0; block < tree.blocks(); ++block)
    if (tree.first(block) != tree.first(block + 1))
      found.push_back({start + block * kVirtual, records.size(block), tree.first(block),
                       tree.extent(column, block).stored});
  return found;
}

BranchModel model_of(const StoredTree& tree, std::uint32_t column, std::uint64_t first) {
  const rootae_column& of = tree.column(column);
  const EntryKind kind = entry_kind(tree, of);
  const std::string name(view(of.name));
  const bool is_usual = of.leaf_kind.size == 0;
  BranchModel made{};
  made.column = column;
  made.kind = kind;
  made.carrier = name + "__rae";
  made.name = name;
  made.title = view(of.title);
  made.leaf_name = view(is_usual ? of.name : of.leaf_name);
  made.leaf_title = is_usual ? title_of_leaf(tree, of, kind) : read_title(of);
  made.holds = holds(of, kind);
  made.lanes = static_cast<int>(of.lanes);
  made.is_counter = of.is_counter != 0;
  made.most = made.is_counter ? most(tree, static_cast<std::int32_t>(column)) : 0;
  made.counter = kind == EntryKind::counted ? of.counter : -1;
  made.counter_name = counter_name(tree, of);
  made.counter_most = made.counter < 0 ? 0 : most(tree, made.counter);
  made.places = places(tree, column, first);
  return made;
}

}  // namespace

TreeModel::TreeModel(const StoredTree& tree, std::uint64_t first)
    : where(tree.where()), title(tree.title()), entries(tree.entries()) {
  for (std::uint32_t i = 0; i < tree.branches(); ++i) {
    const rootae_branch branch = tree.branch(i);
    if (branch.coded == 0) continue;
    const std::uint32_t column = tree.find(view(branch.name));
    hold(column != kNone, "a carrier is no column: the file is damaged");
    branches.push_back(model_of(tree, column, first));
  }
  std::stable_partition(branches.begin(), branches.end(),
                        [](const BranchModel& of) { return of.is_counter; });
}

}  // namespace rootae::root
