// Reads a tree of a file that lies elsewhere. Compiled by cling.
#include <ROOT/RDataFrame.hxx>
#include <TChain.h>
#include <TEnv.h>
#include <TFile.h>
#include <TKey.h>
#include <TPluginManager.h>
#include <TROOT.h>
#include <TSystem.h>
#include <TTree.h>
#include <TWebFile.h>

#include <cstdio>
#include <memory>

namespace remote {

void draw(TTree& tree) {
  const Long64_t found = tree.Draw("Jet_pt", "nJet>2", "goff");
  double sum = 0;
  for (Long64_t i = 0; i < found; ++i) sum += tree.GetV1()[i];
  printf("drawn %lld %.9g\n", found, sum);
}

}  // namespace remote

// ROOT's wheel names its class for http as its interpreter does not find it.
TFile* OpenWeb(const char* name, Option_t* option) {
  return new ROOT::Deprecated::TWebFile(name, option);
}

// Has ROOT open http by its own class; before the plug-in is loaded, or behind it.
void mend_http() {
  TPluginManager& manager = *gROOT->GetPluginManager();
  manager.LoadHandlersFromPluginDirs("TFile");
  manager.RemoveHandler("TFile", "^http[s]?:");
  manager.AddHandler("TFile", "^http[s]?:", "TFile", "Net",
                     "::OpenWeb(const char*,Option_t*)");
}

void read_remote(const char* url) {
  gEnv->SetValue("TFile.ForceRemote", 1);  // else what this machine serves is looked for on it
  std::unique_ptr<TFile> file(TFile::Open(url));
  if (!file) {
    printf("cannot be opened\n");
    return;
  }
  auto* tree = file->Get<TTree>("Events");
  printf("%s, %lld entries, %s\n", tree->GetTitle(), tree->GetEntries(),
         file->Get("deep/er/Events")->GetName());
  for (TObject* each : *tree->GetListOfBranches()) printf("%s ", each->GetName());
  printf("\n%d keys, size is %d\n", file->GetListOfKeys()->GetEntries(), file->GetSize() > 1000);
  remote::draw(*tree);
  tree->SetCacheSize(1 << 20);
  remote::draw(*tree);
  const Long64_t read = file->GetBytesRead();
  printf("bytes are counted: %d\n", read > 0);
  TChain chain("Events");
  chain.Add(url);
  chain.Add(url);
  remote::draw(chain);
  for (const unsigned threads : {0u, 2u}) {
    if (threads != 0) ROOT::EnableImplicitMT(threads);
    ROOT::RDataFrame frame("Events", url);
    auto sum = frame.Sum<double>("weight");
    printf("frame %llu %.9g\n", *frame.Count(), *sum);
    if (threads != 0) ROOT::DisableImplicitMT();
  }
}
