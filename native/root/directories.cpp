#include "directories.hpp"

#include <TBranch.h>
#include <TClass.h>
#include <TDirectory.h>
#include <TDirectoryFile.h>
#include <TFile.h>
#include <TH1.h>
#include <TKey.h>
#include <TList.h>
#include <TObjArray.h>
#include <TTree.h>

#include <cmath>
#include <utility>

namespace rootae::root {
namespace {

// Whether a class is another or derived from it; classes that ROOT does not know are not.
bool is_a(const char* name, const char* kind) {
  if (std::string_view(name) == kind) return true;
  const TClass* const found = TClass::GetClass(name, false, true);
  return found != nullptr && found->InheritsFrom(kind);
}

// The directory of a path, and the name in it.
std::pair<TDirectory*, std::string_view> place(TDirectory& in, std::string_view path) {
  TDirectory* where = &in;
  for (std::size_t slash; where != nullptr && (slash = path.find('/')) != std::string_view::npos;) {
    where = directory(*where, path.substr(0, slash));
    path.remove_prefix(slash + 1);
  }
  return {where, path};
}

}  // namespace

TKey* newest(TDirectory& in, std::string_view name, const char* kind) {
  TKey* found = nullptr;
  if (in.GetListOfKeys() == nullptr) return nullptr;
  for (TObject* each : *in.GetListOfKeys()) {
    auto* const key = dynamic_cast<TKey*>(each);
    if (key == nullptr || name != key->GetName() || !is_a(key->GetClassName(), kind)) continue;
    if (found == nullptr || key->GetCycle() > found->GetCycle()) found = key;
  }
  return found;
}

TDirectory* directory(TDirectory& in, std::string_view name) {
  for (TObject* each : *in.GetList())  // one that was read before
    if (each->InheritsFrom(TDirectory::Class()) && name == each->GetName())
      return static_cast<TDirectory*>(each);
  TKey* const key = newest(in, name, "TDirectory");
  return key == nullptr ? nullptr : dynamic_cast<TDirectory*>(key->ReadObj());
}

std::unique_ptr<TTree> tree(TDirectory& in, std::string_view path) {
  const auto [where, name] = place(in, path);
  TKey* const key = where == nullptr ? nullptr : newest(*where, name, "TTree");
  if (key == nullptr) return nullptr;
  std::unique_ptr<TObject> read(key->ReadObj());
  auto* const found = dynamic_cast<TTree*>(read.get());
  if (found == nullptr) return nullptr;
  found->SetDirectory(nullptr);  // it would be found by its name
  static_cast<void>(read.release());
  return std::unique_ptr<TTree>(found);
}

TBranch* branch(TTree& tree, std::string_view name) {
  for (TObject* each : *tree.GetListOfBranches())
    if (each != nullptr && name == each->GetName()) return dynamic_cast<TBranch*>(each);
  return nullptr;
}

bool has_tree(TDirectory& in, std::string_view path) {
  const auto [where, name] = place(in, path);
  return where != nullptr && newest(*where, name, "TTree") != nullptr;
}

long long content(TDirectory& in, std::string_view path) {
  const auto [where, name] = place(in, path);
  TKey* const key = where == nullptr ? nullptr : newest(*where, name, "TH1");
  const std::unique_ptr<TObject> read(key == nullptr ? nullptr : key->ReadObj());
  auto* const found = dynamic_cast<TH1*>(read.get());
  if (found == nullptr) return -1;
  found->SetDirectory(nullptr);
  const double entries = found->GetBinContent(1);
  return entries >= 0 && entries < 9e18 ? std::llround(entries) : -1;
}

std::string path_of(TDirectory& directory) {
  std::string path;
  for (TDirectory* at = &directory; at->GetMotherDir() != nullptr; at = at->GetMotherDir())
    path = std::string(at->GetName()) + "/" + path;
  return path;
}

}  // namespace rootae::root
