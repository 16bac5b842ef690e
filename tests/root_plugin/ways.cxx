// Ways to read a tree, each printed: an original and what it was compressed to print the same.
// Compiled by cling.
#include <ROOT/RDataFrame.hxx>
#include <TChain.h>
#include <TEntryList.h>
#include <TFile.h>
#include <TFileMerger.h>
#include <TH1.h>
#include <TKey.h>
#include <TTree.h>
#include <TTreeReader.h>
#include <TTreeReaderArray.h>
#include <TTreeReaderValue.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

using Text = std::string;

void print(const char* what) {
  auto* histogram = static_cast<TH1*>(gDirectory->Get("h"));
  printf("%s %.0f %.12g %.12g\n", what, histogram->GetEntries(), histogram->GetMean(),
         histogram->GetRMS());
  delete histogram;
}

void draw(TTree& tree, const char* what, const Text& variable, const Text& cut = "") {
  tree.Draw((variable + ">>h(100)").c_str(), cut.c_str(), "goff");
  print(what);
}

void loop(TTree& tree, const char* counter, const char* array) {
  std::vector<float> room(1 << 14);
  int count = 0;
  tree.SetBranchStatus("*", false);
  for (const char* name : {counter, array}) tree.SetBranchStatus(name, true);
  tree.SetBranchAddress(counter, &count);
  tree.SetBranchAddress(array, room.data());
  double sum = 0;
  long rows = 0;
  for (Long64_t i = 0; i < tree.GetEntries(); ++i) {
    tree.GetEntry(i);
    rows += count;
    for (int k = 0; k < count; ++k) sum += room[size_t(k)];
  }
  printf("addresses %ld %.17g\n", rows, sum);
  tree.ResetBranchAddresses();
  tree.SetBranchStatus("*", true);
}

void reader(TTree& tree, const char* scalar, const char* array) {
  TTreeReader reader(&tree);
  TTreeReaderValue<float> value(reader, scalar);
  TTreeReaderArray<float> values(reader, array);
  double sum = 0;
  while (reader.Next()) {
    sum += *value;
    for (const float one : values) sum += one;
  }
  printf("reader %.17g\n", sum);
}

void frames(const char* path, const std::vector<Text>& files, const char* scalar,
            const char* array) {
  for (const unsigned threads : {0u, 2u}) {
    if (threads != 0) ROOT::EnableImplicitMT(threads);
    ROOT::RDataFrame frame(path, files);
    auto count = frame.Count();
    auto sum = frame.Sum<float>(scalar);
    auto most = frame.Define("sum_", Text("double(Sum(") + array + "))").Max("sum_");
    printf("frame %llu %.9g %.12g\n", *count, *sum, *most);
    if (threads != 0) ROOT::DisableImplicitMT();
  }
}

// Nothing of a written file may be of a class of the plug-in's.
void back(const char* what, const char* file, const char* path, const char* array) {
  std::unique_ptr<TFile> opened(new TFile(file));
  auto* tree = opened->Get<TTree>(path);
  const Long64_t values = tree->Draw(array, "", "goff");
  printf("%s %lld %lld %d\n", what, tree->GetEntries(), values, tree->GetNbranches());
  const std::unique_ptr<TList> classes(opened->GetStreamerInfoList());
  for (TObject* each : *classes)
    for (const char* part : {"oded", "ootae", "emoteFile", "Placed"})
      if (Text(each->GetName()).find(part) != Text::npos) printf("class %s\n", each->GetName());
}

void copies(TTree& tree, const char* name, const char* other, const char* path,
            const char* counter, const char* scalar, const char* array) {
  const Text leaf = tree.GetName();
  for (const char* how : {"", "fast", "some", "filled", "cut"}) {
    {
      TFile out("copy.root", "recreate");
      const Text way(how);
      TTree* copy = way == "some"     ? tree.CloneTree(10)
                    : way == "filled" ? tree.CloneTree(0)
                    : way == "cut"    ? tree.CopyTree((Text(counter) + ">1").c_str())
                                      : tree.CloneTree(-1, how);
      for (int i = 0; way == "filled" && i < 50 && i < tree.GetEntries(); ++i) {
        tree.GetEntry(i);
        copy->Fill();
      }
      copy->Write();
      printf("leaves %d\n", copy->GetListOfLeaves()->GetEntries());
      out.Close();
    }
    back(how, "copy.root", leaf.c_str(), array);
  }
  ROOT::RDataFrame(path, name).Snapshot("t", "shot.root", {scalar, counter, array});
  back("snapshot", "shot.root", "t", array);
  TFileMerger merger(false);
  merger.OutputFile("merged.root", "RECREATE");
  merger.AddFile("shot.root");
  merger.AddFile("shot.root");
  printf("merged %d\n", merger.Merge());
  back("merged", "merged.root", "t", array);
  TFileMerger whole(false);  // of the files themselves
  whole.OutputFile("whole.root", "RECREATE");
  whole.AddFile(name);
  whole.AddFile(other);
  printf("whole %d\n", whole.Merge());
  back("whole", "whole.root", path, array);
}

// Code that ROOT generates for a tree, but for where it lies and when that was; a selector is run.
void generate(TTree& tree) {
  tree.MakeClass("made");
  tree.MakeSelector("chosen");
  for (const char* file : {"made.h", "chosen.h"}) {
    std::ifstream header(file);
    Text line, all;
    while (std::getline(header, line))
      if (line.find(".root") == Text::npos && line.find("// ") != 0) all += line;
    printf("%s %zu %zx\n", file, all.size(), std::hash<Text>()(all));
  }
  printf("selected %lld\n", tree.Process("chosen.C"));
}

}  // namespace

// name: of a file; other: of one of the same columns; counter: an int; scalar, array: floats
void ways(const char* name, const char* other, const char* path, const char* scalar,
          const char* counter, const char* array) {
  gErrorIgnoreLevel = kFatal;  // files without dictionaries
  TH1::SetDefaultBufferSize(100000);
  std::unique_ptr<TFile> file(TFile::Open(name));
  auto& tree = *file->Get<TTree>(path);
  printf("%s %s %s\n", file->ClassName(), tree.ClassName(), tree.GetTitle());
  for (TObject* each : *file->GetListOfKeys()) printf("key %s, %s\n", each->GetName(), each->GetTitle());
  printf("directory %d\n", file->GetDirectory("rootae") != nullptr);
  draw(tree, "draw", array, Text(counter) + ">0");
  draw(tree, "sum", Text(array) + "+" + scalar);
  tree.Scan((Text(scalar) + ":" + counter + ":" + array).c_str(), "", "", 4, 3);
  loop(tree, counter, array);
  reader(tree, scalar, array);
  tree.Draw(">>list", (Text(counter) + ">1").c_str(), "entrylist");
  tree.SetEntryList(static_cast<TEntryList*>(gDirectory->Get("list")));
  draw(tree, "listed", scalar);
  tree.SetEntryList(nullptr);
  tree.BuildIndex(counter, scalar);
  printf("index %lld\n", tree.GetEntryNumberWithBestIndex(2, 1));
  tree.AddFriend(path, other);
  draw(tree, "friend", Text(scalar) + "-2*" + tree.GetName() + "." + scalar);
  tree.RemoveFriend(static_cast<TFriendElement*>(tree.GetListOfFriends()->First())->GetTree());
  tree.SetCacheSize(1 << 16);
  draw(tree, "cached", array);
  tree.Show(1);
  generate(tree);
  TChain chain(path);
  chain.Add(name);
  chain.Add(other);
  draw(chain, "chain", array, Text(scalar) + ">0");
  frames(path, {name, other}, scalar, array);
  copies(tree, name, other, path, counter, scalar, array);
}
