// What a browser shows of a file, with nobody to look at it. Compiled by cling.
#include <TBranch.h>
#include <TBrowser.h>
#include <TBrowserImp.h>
#include <TError.h>
#include <TFile.h>
#include <TH1.h>
#include <TKey.h>
#include <TList.h>
#include <TTree.h>
#include <TVirtualPad.h>

#include <cstdio>
#include <memory>

namespace browse {

// Prints what is put into it.
struct Shown : TBrowserImp {
  void Add(TObject* object, const char* caption, Int_t) override {
    printf("  %s %s %s, %s\n", object->ClassName(), object->GetName(), object->GetTitle(),
           caption ? caption : "without a caption");
  }
};

// The histogram that a double click on a leaf draws.
void drawn() {
  TObject* found = gPad ? gPad->GetPrimitive("htemp") : nullptr;
  if (auto* histogram = dynamic_cast<TH1*>(found))
    printf("  drawn %s %.0f %.9g %.9g\n", histogram->GetTitle(), histogram->GetEntries(),
           histogram->GetMean(), histogram->GetRMS());
  if (gPad) gPad->Clear();
}

void browse(TBranch& branch, TBrowser& browser, const std::string& before) {
  printf("branch %s%s %d\n", before.c_str(), branch.GetName(), branch.IsFolder());
  branch.Browse(&browser);
  drawn();
  for (TObject* each : *branch.GetListOfBranches())
    browse(*static_cast<TBranch*>(each), browser, before + branch.GetName() + "/");
}

void browse(TDirectory& directory, TBrowser& browser) {
  for (TObject* each : *directory.GetListOfKeys()) {
    auto* key = static_cast<TKey*>(each);
    printf("key %s %s %d\n", key->GetName(), key->GetTitle(), key->IsFolder());
    key->Browse(&browser);
    TObject* read = directory.Get(key->GetName());
    if (auto* inner = dynamic_cast<TDirectory*>(read)) browse(*inner, browser);
    if (auto* tree = dynamic_cast<TTree*>(read))
      for (TObject* branch : *tree->GetListOfBranches())
        browse(*static_cast<TBranch*>(branch), browser, "");
  }
}

}  // namespace browse

// Goes through all of a file as one does who opens whatever there is to open.
void browse_file(const char* path) {
  gErrorIgnoreLevel = kFatal;  // of axes that nobody sees
  std::unique_ptr<TFile> file(TFile::Open(path));
  TBrowser browser("browser", "browser", new browse::Shown);
  file->Browse(&browser);
  browse::browse(*file, browser);
}
