// What is registered with ROOT as the library is loaded: TFile::Open then opens compressed files by
// it, and all others as ever.
#include <TFile.h>
#include <TInterpreter.h>
#include <TPluginManager.h>
#include <TROOT.h>
#include <TString.h>
#include <TUrl.h>

#include <string>
#include <string_view>

#include "file.hpp"

#define ROOTAE_VISIBLE __attribute__((visibility("default")))

namespace {

bool is_reading(Option_t* option) {
  TString mode(option);
  mode.ToUpper();
  return mode.IsNull() || mode == "READ" || mode == "READ_WITHOUT_GLOBALREGISTRATION";
}

}  // namespace

// ROOT calls it by name, with two, four or five arguments.
ROOTAE_VISIBLE TFile* RootaeOpen(const char* name, Option_t* option, const char* title,
                                 Int_t compress, Int_t, Bool_t) {
  if (!is_reading(option)) return new TFile(name, option, title, compress);
  return new rootae::root::CodedFile(name, option, title, compress);
}

namespace {

constexpr const char* kDeclared =
    "TFile* RootaeOpen(const char* name, Option_t* option = \"\", const char* title = \"\", "
    "Int_t compress = 1, Int_t net = 0, Bool_t async = false);";
constexpr const char* kCalled =
    "::RootaeOpen(const char*,Option_t*,const char*,Int_t,Int_t,Bool_t)";

struct Registration {
  Registration() {
    gInterpreter->Declare(kDeclared);
    gROOT->GetPluginManager()->AddHandler("TFile", ".*[.]root$", "TFile", "RIO", kCalled);
  }
};

const Registration registration;

}  // namespace
