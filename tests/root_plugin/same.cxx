// Whether a file shows the same trees as another: names, titles, types, leaves, their order, and the
// bytes of every value of every entry. Compiled by cling; prints what differs.
#include <TBranch.h>
#include <TBranchElement.h>
#include <TClass.h>
#include <TFile.h>
#include <TKey.h>
#include <TLeaf.h>
#include <TTree.h>
#include <TVirtualCollectionProxy.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace same {

int differences = 0;
long long values = 0;

void differ(const std::string& where, const std::string& mine, const std::string& other) {
  if (++differences < 20)
    printf("%s: %s, not %s\n", where.c_str(), other.c_str(), mine.c_str());
}

void hold(const std::string& where, const std::string& mine, const std::string& other) {
  if (mine != other) differ(where, mine, other);
}

bool is_text(const TLeaf& leaf) { return std::string(leaf.ClassName()) == "TLeafC"; }

std::string text(const TLeaf& leaf) {
  const TLeaf* count = leaf.GetLeafCount();
  const bool is_element = std::string(leaf.ClassName()) == "TLeafElement";
  const int width = is_text(leaf) || is_element ? 1 : leaf.GetLenType();  // older ROOT wrote 0
  return std::string(leaf.ClassName()) + " " + leaf.GetName() + " " + leaf.GetTitle() + " " +
         leaf.GetTypeName() + " of " + std::to_string(width) + " x " +
         std::to_string(leaf.GetLenStatic()) + (leaf.IsUnsigned() ? " unsigned" : "") +
         (leaf.IsRange() ? " range" : "") + " by " +
         (count ? std::string(count->GetBranch()->GetName()) + "." + count->GetName() : "none");
}

std::string text(const TBranch& branch) {
  std::string all = std::string(branch.ClassName()) + " " + branch.GetName() + " " +
                    branch.GetTitle() + " " + branch.GetClassName() + " " +
                    std::to_string(branch.GetEntries()) + " " +
                    std::to_string(branch.GetEntryOffsetLen() != 0);
  if (auto* element = dynamic_cast<const TBranchElement*>(&branch))
    all += " type " + std::to_string(element->GetType()) + " streamer " +
           std::to_string(element->GetStreamerType()) + " id " + std::to_string(element->GetID()) +
           " version " + std::to_string(const_cast<TBranchElement*>(element)->GetClassVersion()) +
           " parent " + element->GetParentName() + " clones " + element->GetClonesName() + " type " +
           element->GetTypeName();
  return all;
}

void names(TObjArray& branches, const std::string& before, std::vector<TBranch*>& found,
           std::vector<std::string>& paths) {
  for (TObject* each : branches) {
    auto* branch = static_cast<TBranch*>(each);
    found.push_back(branch);
    paths.push_back(before + "/" + text(*branch));
    names(*branch->GetListOfBranches(), before + "/" + branch->GetName(), found, paths);
  }
}

// The bytes of a vector of numbers, or of vectors of these.
std::string content(void* object, TClass& type) {
  TVirtualCollectionProxy& proxy = *type.GetCollectionProxy();
  TVirtualCollectionProxy::TPushPop pushed(&proxy, object);
  const UInt_t size = proxy.Size();
  std::string found(reinterpret_cast<const char*>(&size), sizeof size);
  TClass* inner = proxy.GetValueClass();
  if (std::string(type.GetName()) == "vector<bool>") {
    for (const bool one : *static_cast<std::vector<bool>*>(object)) found += one ? '1' : '0';
    return found;
  }
  const size_t width = proxy.GetIncrement();
  for (UInt_t i = 0; i < size; ++i) {
    char* at = static_cast<char*>(proxy.At(i));
    if (inner && inner->GetCollectionProxy()) found += content(at, *inner);
    else if (!inner) found.append(at, width);
  }
  return found;
}

bool is_numbers(TClass* type) {
  if (!type || !type->GetCollectionProxy()) return false;
  TVirtualCollectionProxy* proxy = type->GetCollectionProxy();
  if (proxy->GetCollectionType() != ROOT::kSTLvector) return false;
  return !proxy->GetValueClass() || is_numbers(proxy->GetValueClass());
}

// Whether a branch can be read by a process that has no dictionaries of its own.
bool is_plain(TBranch& branch) {
  auto* element = dynamic_cast<TBranchElement*>(&branch);
  if (!element) return std::string(branch.ClassName()) == "TBranch";
  return !element->GetListOfBranches()->GetEntries() && element->GetMother() == element &&
         element->GetType() == 0 && element->GetID() < 0 &&
         is_numbers(TClass::GetClass(element->GetClassName(), true, true));
}

std::string bytes(TLeaf& leaf) {
  TBranch* branch = leaf.GetBranch();
  if (!is_plain(*branch)) return "";
  if (auto* element = dynamic_cast<TBranchElement*>(branch))
    return element->GetObject()
               ? content(element->GetObject(), *TClass::GetClass(element->GetClassName()))
               : "";
  const char* at = static_cast<const char*>(leaf.GetValuePointer());
  if (!at) return "";
  if (is_text(leaf)) return at;  // what is behind it was never written
  const size_t size = size_t(leaf.GetLen()) * leaf.GetLenType();
  return std::string(at, size);
}

void compare(TTree& mine, TTree& other, const std::string& where, long long most) {
  hold(where + " class", mine.ClassName(), other.ClassName());
  hold(where + " title", mine.GetTitle(), other.GetTitle());
  hold(where + " entries", std::to_string(mine.GetEntries()), std::to_string(other.GetEntries()));
  std::vector<TBranch*> branches[2];
  std::vector<std::string> paths[2];
  names(*mine.GetListOfBranches(), "", branches[0], paths[0]);
  names(*other.GetListOfBranches(), "", branches[1], paths[1]);
  hold(where + " branches", std::to_string(paths[0].size()), std::to_string(paths[1].size()));
  if (paths[0].size() != paths[1].size()) return;
  for (size_t i = 0; i < paths[0].size(); ++i) hold(where, paths[0][i], paths[1][i]);
  std::vector<TLeaf*> leaves[2];
  TTree* trees[2] = {&mine, &other};
  for (int side : {0, 1})
    for (TObject* each : *trees[side]->GetListOfLeaves())
      leaves[side].push_back(static_cast<TLeaf*>(each));
  hold(where + " leaves", std::to_string(leaves[0].size()), std::to_string(leaves[1].size()));
  if (leaves[0].size() != leaves[1].size()) return;
  std::set<std::string> wrong;
  for (size_t i = 0; i < leaves[0].size(); ++i) {
    hold(where + " leaf", text(*leaves[0][i]), text(*leaves[1][i]));
  }
  for (long long entry = 0; entry < mine.GetEntries() && entry < most; ++entry) {
    for (size_t i = 0; i < branches[0].size(); ++i) {
      if (!is_plain(*branches[0][i])) continue;
      const int got[2] = {branches[0][i]->GetEntry(entry, 1), branches[1][i]->GetEntry(entry, 1)};
      if (got[0] != got[1] && wrong.insert(paths[0][i]).second)
        differ(where + paths[0][i] + " entry " + std::to_string(entry) + " bytes",
               std::to_string(got[0]), std::to_string(got[1]));
    }
    for (size_t i = 0; i < leaves[0].size(); ++i) {
      if (entry >= leaves[0][i]->GetBranch()->GetEntries()) continue;  // nothing was read
      const std::string found[2] = {bytes(*leaves[0][i]), bytes(*leaves[1][i])};
      values += found[0].size();
      if (found[0] != found[1] && wrong.insert(leaves[0][i]->GetName()).second)
        differ(where + " leaf " + leaves[0][i]->GetName() + " entry " + std::to_string(entry),
               "the original's bytes", "others");
    }
  }
}

void walk(TDirectory& mine, TDirectory& other, const std::string& path, long long most) {
  std::map<std::string, TKey*> newest;
  for (TObject* each : *mine.GetListOfKeys()) {
    auto* key = static_cast<TKey*>(each);
    TKey*& found = newest[key->GetName()];
    if (!found || key->GetCycle() > found->GetCycle()) found = key;
  }
  for (const auto& [name, key] : newest) {
    TClass* type = TClass::GetClass(key->GetClassName(), false, true);
    if (!type) continue;
    TKey* twin = other.GetKey(name.c_str());
    if (type->InheritsFrom("TDirectory")) {
      auto *a = static_cast<TDirectory*>(key->ReadObj()), *b = other.GetDirectory(name.c_str());
      if (!b) differ(path + name, "a directory", "none");
      else walk(*a, *b, path + name + "/", most);
    } else if (type->InheritsFrom("TTree")) {
      auto *a = dynamic_cast<TTree*>(key->ReadObj());
      auto *b = twin ? dynamic_cast<TTree*>(twin->ReadObj()) : nullptr;
      if (!a) continue;
      if (!b) differ(path + name, "a tree", "none");
      else compare(*a, *b, path + name, most);
    }
  }
}

}  // namespace same

// Prints what differs, and in the end how many bytes were the same; returns how much differs.
int same_trees(const char* original, const char* compressed, long long most = 1LL << 60) {
  same::differences = 0, same::values = 0;
  TFile* mine = TFile::Open(original);
  TFile* other = TFile::Open(compressed);
  if (!mine || !other) return -1;
  same::walk(*mine, *other, "", most);
  printf("%d differences, %lld bytes\n", same::differences, same::values);
  delete mine;
  delete other;
  return same::differences;
}
