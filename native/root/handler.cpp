// What is registered with ROOT as the library is loaded: TFile::Open then opens compressed files by
// it, and all others as ever.
#include <TFile.h>
#include <TInterpreter.h>
#include <TList.h>
#include <TPluginManager.h>
#include <TROOT.h>
#include <TString.h>
#include <TUrl.h>
#include <TVirtualMutex.h>

#include <memory>
#include <string>
#include <string_view>

#include "file.hpp"
#include "own.hpp"
#include "remote.hpp"

namespace rootae::root {
namespace {

// A member of another class that is its own: naming it in an explicit instantiation is allowed.
template <auto Member>
struct Exposed {
  friend TList* handlers_of(TPluginManager& manager) { return manager.*Member; }
};
TList* handlers_of(TPluginManager& manager);
template struct Exposed<&TPluginManager::fHandlers>;

bool is_reading(Option_t* option) {
  TString mode(option);
  mode.ToUpper();
  return mode.IsNull() || mode == "READ" || mode == "READ_WITHOUT_GLOBALREGISTRATION";
}

// Opens a remote file by the class of its scheme, as TFile::Open does. nullptr: there is none.
TFile* opened_by_scheme(const char* name, Option_t* option, const char* title, Int_t compress,
                        Int_t net) {
  const TString scheme = TString(TUrl(name, kTRUE).GetProtocol()) + "://";
  TPluginHandler* const handler = gROOT->GetPluginManager()->FindHandler("TFile", scheme);
  if (handler == nullptr || handler->LoadPlugin() != 0) return nullptr;
  const auto file = [](Longptr_t made) { return reinterpret_cast<TFile*>(made); };
  switch (TFile::GetType(name, option)) {
    case TFile::kNet: return file(handler->ExecPlugin(5, name, option, title, compress, net));
    case TFile::kWeb: return file(handler->ExecPlugin(2, name, option));
    default: return file(handler->ExecPlugin(4, name, option, title, compress));
  }
}

TFile* opened(const char* name, Option_t* option, const char* title, Int_t compress, Int_t net) {
  const bool is_local = std::string_view(TUrl(name, kTRUE).GetProtocol()) == "file";
  if (is_local && !is_reading(option)) return new TFile(name, option, title, compress);
  if (is_local) return new CodedFile(name, option, title, compress);
  std::unique_ptr<TFile> inner(opened_by_scheme(name, option, title, compress, net));
  if (inner == nullptr || inner->IsZombie() || !is_reading(option) ||
      shown_directory(*inner) == nullptr)
    return inner.release();
  return new RemoteFile(std::move(inner), name, option);
}

constexpr const char* kDeclared =
    "TFile* RootaeOpen(const char* name, Option_t* option = \"\", const char* title = \"\", "
    "Int_t compress = 1, Int_t net = 0, Bool_t async = false);";
constexpr const char* kCalled =
    "::RootaeOpen(const char*,Option_t*,const char*,Int_t,Int_t,Bool_t)";

// Puts a handler before all others, those of remote schemes too, whenever these were registered.
void put_first(const char* pattern) {
  TPluginManager& manager = *gROOT->GetPluginManager();
  manager.AddHandler("TFile", pattern, "TFile", "RIO", kCalled);
  R__LOCKGUARD(gInterpreterMutex);
  TList* const handlers = handlers_of(manager);
  TObject* const own = handlers == nullptr ? nullptr : handlers->Last();
  if (own == nullptr) return;
  handlers->Remove(own);
  handlers->AddFirst(own);
}

struct Registration {
  Registration() {
    gInterpreter->Declare(kDeclared);
    put_first(".*[.]root$");
    put_first(".*[.]root[?]");
  }
};

const Registration registration;

}  // namespace
}  // namespace rootae::root

// ROOT calls it by name, with two, four or five arguments.
__attribute__((visibility("default"))) TFile* RootaeOpen(const char* name, Option_t* option,
                                                         const char* title, Int_t compress,
                                                         Int_t net, Bool_t) {
  return rootae::root::opened(name, option, title, compress, net);
}
