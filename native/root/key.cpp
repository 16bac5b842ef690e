#include "key.hpp"

#include <TClass.h>
#include <TDirectory.h>
#include <TError.h>
#include <TFile.h>
#include <TKey.h>
#include <TList.h>
#include <TTree.h>

#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "branches.hpp"
#include "container.hpp"
#include "directories.hpp"

namespace rootae::root {
namespace {

constexpr const char* kHint = "coded by rootae: pip install rootae, then import rootae";

// A key that does what TKey does, and then looks at what was read. It has no dictionary: to ROOT it
// is a TKey.
class CodedKey : public TKey {
 public:
  CodedKey(TKey& original, TDirectory& directory, std::shared_ptr<Container> container)
      : TKey(&directory), container_(std::move(container)) {
    std::vector<char> bytes(static_cast<std::size_t>(original.Sizeof()) + 64);
    char* at = bytes.data();
    original.FillBuffer(at);
    at = bytes.data();
    ReadKeyBuffer(at);
    SetMotherDir(&directory);
  }

  const char* GetTitle() const override;
  TObject* ReadObj() override { return seen(TKey::ReadObj()); }
  TObject* ReadObjWithBuffer(char* buffer) override {
    return seen(TKey::ReadObjWithBuffer(buffer));
  }
  void* ReadObjectAny(const TClass* expected) override;
  Int_t Read(TObject* into) override;

 private:
  TObject* seen(TObject* read);
  bool restored(TTree& tree);

  std::shared_ptr<Container> container_;
  mutable std::once_flag asked_;
  mutable std::string title_;  // the original's, once it is asked for
};

// The key of a coded tree has the title that says what the file is, to whoever has no plug-in.
const char* CodedKey::GetTitle() const {
  if (fTitle != kHint || fMotherDir == nullptr || fMotherDir->GetFile() == nullptr)
    return TKey::GetTitle();
  std::call_once(asked_, [&] {
    title_ = container_->title(path_of(*fMotherDir) + GetName(), *fMotherDir->GetFile())
                 .value_or(kHint);
  });
  return title_.c_str();
}

TObject* CodedKey::seen(TObject* read) {
  if (read == nullptr) return nullptr;
  if (auto* const found = dynamic_cast<TDirectory*>(read)) {
    hook(*found, container_);
    return read;
  }
  auto* const tree = dynamic_cast<TTree*>(read);
  if (tree == nullptr || restored(*tree)) return read;
  delete read;
  return nullptr;
}

void* CodedKey::ReadObjectAny(const TClass* expected) {
  void* const read = TKey::ReadObjectAny(expected);
  TClass* const type = TClass::GetClass(GetClassName());
  if (read == nullptr || type == nullptr || !type->InheritsFrom(TObject::Class())) return read;
  // What was read begins where the class does that was expected, or its own.
  TClass* const begins = expected == nullptr ? type : TClass::GetClass(expected->GetName());
  const int at = begins == nullptr ? -1 : begins->GetBaseClassOffset(TObject::Class());
  if (at < 0) return read;
  TObject* const object = reinterpret_cast<TObject*>(static_cast<char*>(read) + at);
  return seen(object) == nullptr ? nullptr : read;
}

Int_t CodedKey::Read(TObject* into) {
  const Int_t read = TKey::Read(into);
  if (read <= 0) return read;
  if (auto* const found = dynamic_cast<TDirectory*>(into)) hook(*found, container_);
  auto* const tree = dynamic_cast<TTree*>(into);
  if (tree == nullptr || restored(*tree)) return read;
  tree->GetListOfBranches()->Delete();
  tree->SetEntries(0);
  return 0;
}

// Shows a tree as the original. Says what is wrong, and returns false, where that cannot be done.
bool CodedKey::restored(TTree& tree) {
  try {
    const std::string path = path_of(*GetMotherDir()) + GetName();
    if (has_carriers(tree)) {
      restore(tree, *container_->model(path, tree, *GetMotherDir()->GetFile()));
    } else if (newest(*GetMotherDir(), GetName(), "TTree") == this) {
      container_->refuse_plain(path, *GetMotherDir()->GetFile());
    }
    return true;
  } catch (const std::exception& error) {
    ::Error("rootae", "%s", error.what());
    return false;
  }
}

bool is_hooked(const TKey& key) {
  const std::string_view kind = key.GetClassName();
  return kind == "TTree" || kind == "TNtuple" || kind == "TNtupleD" || kind == "TDirectoryFile" ||
         kind == "TDirectory";
}

}  // namespace

void hook(TDirectory& directory, const std::shared_ptr<Container>& container) {
  TList* const keys = directory.GetListOfKeys();
  if (keys == nullptr) return;
  std::vector<TKey*> found;
  for (TObject* each : *keys) {
    auto* const key = dynamic_cast<TKey*>(each);
    if (key != nullptr && is_hooked(*key) && dynamic_cast<CodedKey*>(key) == nullptr)
      found.push_back(key);
  }
  for (TKey* const key : found) {
    keys->AddBefore(key, new CodedKey(*key, directory, container));  // the list owns it
    keys->Remove(key);
    delete key;
  }
}

}  // namespace rootae::root
