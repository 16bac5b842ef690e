// Event loops over four columns, as people compile them; what benchmarks/root.py times.
//
//   root_loops FILE TREE HOW THREADS PASSES KEPT A B C D
//
// A, B and C are arrays of float with a counter, D is a float. HOW: frame, source, reader, entry,
// open. KEPT: megabytes of decoded blocks that are kept, or `default`. Prints the seconds of each
// pass and how many columns of blocks it decoded, then the sum that all ways have to agree on.
#include <ROOT/RDataFrame.hxx>
#include <ROOT/RVec.hxx>
#include <TFile.h>
#include <TROOT.h>
#include <TTree.h>
#include <TTreeReader.h>
#include <TTreeReaderArray.h>
#include <TTreeReaderValue.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rootae/dataframe.hpp"
#include "rootae/root.h"

namespace {

using Floats = ROOT::RVec<float>;

struct Asked {
  std::string file, tree, how;
  unsigned int threads;
  int passes;
  std::vector<std::string> columns;
};

// What an event comes to: every value is looked at.
template <class Values>
double weight(const Values& a, const Values& b, const Values& c, std::size_t size, float d) {
  double sum = d;
  for (std::size_t i = 0; i < size; ++i) sum += a[i] + b[i] * b[i] - c[i];
  return sum;
}

using Pass = std::function<double()>;

// A thread's own sum; on a cache line of its own, so that threads do not wait for each other.
struct alignas(128) Partial {
  double sum = 0;
};

Pass frame(const Asked& asked, bool is_source) {
  if (asked.threads > 1) ROOT::EnableImplicitMT(asked.threads);
  auto opened = std::make_shared<ROOT::RDataFrame>(
      is_source ? rootae::dataframe(asked.tree, asked.file)
                : ROOT::RDataFrame(asked.tree, asked.file));
  return [opened, columns = asked.columns] {
    std::vector<Partial> parts(opened->GetNSlots());
    const auto event = [&](unsigned int slot, const Floats& a, const Floats& b, const Floats& c,
                           float d) { parts[slot].sum += weight(a, b, c, a.size(), d); };
    opened->ForeachSlot(event, columns);
    double sum = 0;
    for (const auto& part : parts) sum += part.sum;
    return sum;
  };
}

Pass reader(const Asked& asked) {
  return [asked] {
    const std::unique_ptr<TFile> file(TFile::Open(asked.file.c_str()));
    TTreeReader events(asked.tree.c_str(), file.get());
    TTreeReaderArray<float> a(events, asked.columns[0].c_str());
    TTreeReaderArray<float> b(events, asked.columns[1].c_str());
    TTreeReaderArray<float> c(events, asked.columns[2].c_str());
    TTreeReaderValue<float> d(events, asked.columns[3].c_str());
    double sum = 0;
    while (events.Next()) sum += weight(a, b, c, a.GetSize(), *d);
    return sum;
  };
}

Pass entry(const Asked& asked) {
  return [asked] {
    const std::unique_ptr<TFile> file(TFile::Open(asked.file.c_str()));
    auto* tree = file->Get<TTree>(asked.tree.c_str());
    constexpr std::size_t most = 4096;
    static float a[most], b[most], c[most], d;
    auto* counter = tree->GetLeaf(asked.columns[0].c_str())->GetLeafCount();
    tree->SetBranchStatus("*", false);
    tree->SetBranchStatus(counter->GetBranch()->GetName(), true);
    for (const auto& column : asked.columns) tree->SetBranchStatus(column.c_str(), true);
    float* const places[] = {a, b, c, &d};
    for (std::size_t i = 0; i < asked.columns.size(); ++i)
      tree->SetBranchAddress(asked.columns[i].c_str(), places[i]);
    double sum = 0;
    const auto entries = tree->GetEntries();
    for (Long64_t i = 0; i < entries; ++i) {
      tree->GetEntry(i);
      sum += weight(a, b, c, static_cast<std::size_t>(counter->GetValue()), d);
    }
    tree->ResetBranchAddresses();
    return sum;
  };
}

Pass open(const Asked& asked) {
  return [asked] {
    const std::unique_ptr<TFile> file(TFile::Open(asked.file.c_str()));
    return static_cast<double>(file->Get<TTree>(asked.tree.c_str())->GetEntries());
  };
}

Pass made(const Asked& asked) {
  if (asked.how == "frame" || asked.how == "source") return frame(asked, asked.how == "source");
  if (asked.how == "reader") return reader(asked);
  return asked.how == "entry" ? entry(asked) : open(asked);
}

}  // namespace

int main(int count, char** words) {
  if (count != 11) return 2;
  const Asked asked{words[1], words[2], words[3],
                    static_cast<unsigned int>(std::atoi(words[4])), std::atoi(words[5]),
                    {words[7], words[8], words[9], words[10]}};
  if (std::strcmp(words[6], "default") != 0)
    rootae_root_keep(std::strtoull(words[6], nullptr, 10) << 20);
  using Clock = std::chrono::steady_clock;
  auto begun = Clock::now();
  const auto pass = made(asked);
  double sum = 0;
  for (int i = 0; i < asked.passes; ++i) {
    const auto before = rootae_root_decoded();
    sum = pass();
    const auto ended = Clock::now();
    std::printf("%.6f %llu\n", std::chrono::duration<double>(ended - begun).count(),
                static_cast<unsigned long long>(rootae_root_decoded() - before));
    begun = Clock::now();
  }
  std::printf("%.6g\n", sum);
}
