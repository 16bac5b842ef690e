#include "own.hpp"

#include <TDirectory.h>
#include <TFile.h>
#include <TKey.h>
#include <TList.h>

#include <string_view>
#include <vector>

#include "directories.hpp"

namespace rootae::root {
namespace {

constexpr std::string_view kName = "rootae";

// Everything of a list that is called so.
std::vector<TObject*> called_so(TList* list) {
  std::vector<TObject*> found;
  if (list == nullptr) return found;
  for (TObject* each : *list)
    if (each != nullptr && kName == each->GetName()) found.push_back(each);
  return found;
}

}  // namespace

TDirectory* shown_directory(TFile& file) {
  TDirectory* const own = directory(file, kName);
  const bool is_coded = own != nullptr && (newest(*own, "codecs", "TTree") != nullptr ||
                                           newest(*own, "copies", "TTree") != nullptr);
  return is_coded ? own : nullptr;
}

OwnDirectory::OwnDirectory() = default;
OwnDirectory::~OwnDirectory() = default;

void OwnDirectory::hide(TFile& file) {
  for (TObject* const each : called_so(file.GetListOfKeys())) {
    auto* const key = dynamic_cast<TKey*>(each);
    if (key == nullptr || std::string_view(key->GetClassName()) != "TDirectoryFile") continue;
    file.GetListOfKeys()->Remove(key);
    key_.reset(key);
  }
  take(file);
}

// Takes what was read from the file's list: it is deleted by this.
void OwnDirectory::take(TFile& file) {
  for (TObject* const each : called_so(file.GetList())) {
    auto* const read = dynamic_cast<TDirectory*>(each);
    if (read == nullptr || read->GetMotherDir() != &file) continue;
    file.GetList()->Remove(read);
    directory_.reset(read);
  }
}

TDirectory* OwnDirectory::get(TFile& file) {
  if (directory_ == nullptr && key_ != nullptr && key_->ReadObj() != nullptr) take(file);
  return directory_.get();
}

}  // namespace rootae::root
