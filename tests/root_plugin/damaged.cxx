// Reads files that are damaged, each in a process of its own: whatever is read is the original's, or
// an error. Compiled by cling.
#include "same.cxx"

#include <ROOT/RDataFrame.hxx>
#include <ROOT/RVec.hxx>
#include <TError.h>
#include <TSystem.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <fstream>
#include <functional>
#include <iterator>

#include "rootae/dataframe.hpp"

namespace damaged {

long long read = 0, refused = 0, wrong = 0;

// Reads a branch of both trees, and holds values that are read against the original's.
void compare(TBranch& mine, TBranch& other, long long entries) {
  for (long long entry = 0; entry < entries; ++entry) {
    const int got = other.GetEntry(entry, 1);
    if (got < 0) {
      ++refused;
      return;
    }
    if (mine.GetEntry(entry, 1) < 0) return;
    for (int i = 0; i < mine.GetListOfLeaves()->GetEntriesFast(); ++i) {
      auto& a = *static_cast<TLeaf*>(mine.GetListOfLeaves()->At(i));
      auto& b = *static_cast<TLeaf*>(other.GetListOfLeaves()->At(i));
      if (same::bytes(a) == same::bytes(b)) ++read;
      else {
        ++wrong;
        printf("%s, entry %lld\n", mine.GetName(), entry);
        return;
      }
    }
  }
}

// Only columns that are coded: what passes through is as safe as ROOT's own files are.
void compare(TTree& mine, TTree& other, const std::set<std::string>& coded) {
  if (mine.GetEntries() != other.GetEntries()) {
    ++refused;
    return;
  }
  for (TObject* each : *mine.GetListOfBranches()) {
    auto* branch = static_cast<TBranch*>(each);
    if (!coded.count(branch->GetName()) || !same::is_plain(*branch)) continue;
    TBranch* twin = other.GetBranch(branch->GetName());
    if (!twin || twin->GetListOfLeaves()->GetEntriesFast() !=
                     branch->GetListOfLeaves()->GetEntriesFast())
      ++refused;
    else compare(*branch, *twin, mine.GetEntries());
  }
}

int run(const char* original, const char* path, const char* tree, const std::set<std::string>& coded) {
  std::unique_ptr<TFile> first(TFile::Open(original)), second(TFile::Open(path));
  TTree* mine = first->Get<TTree>(tree);
  TTree* other = second ? second->Get<TTree>(tree) : nullptr;
  if (!other) ++refused;
  else compare(*mine, *other, coded);
  printf("%lld read, %lld refused, %lld wrong\n", read, refused, wrong);
  fflush(stdout);
  return wrong ? 1 : refused ? 2 : 0;
}

// What a frame has of some columns.
struct Columns {
  std::vector<float> met;
  std::vector<ROOT::RVec<float>> jets;
  std::vector<unsigned char> quality;
  std::vector<ROOT::RVec<int>> charges;

  static Columns of(ROOT::RDF::RNode frame) {
    auto met = frame.Take<float>("MET_pt");
    auto jets = frame.Take<ROOT::RVec<float>>("Jet_pt");
    auto quality = frame.Take<unsigned char>("quality");
    auto charges = frame.Take<ROOT::RVec<int>>("Muon_charge");
    return {*met, *jets, *quality, *charges};
  }
  bool is(const Columns& other) const {
    const auto same = [](const auto& a, const auto& b) {
      return a.size() == b.size() && !memcmp(a.data(), b.data(), a.size() * sizeof a[0]);
    };
    const auto all = [&](const auto& a, const auto& b) {
      if (a.size() != b.size()) return false;
      for (size_t i = 0; i < a.size(); ++i)
        if (!same(a[i], b[i])) return false;
      return true;
    };
    return same(met, other.met) && same(quality, other.quality) && all(jets, other.jets) &&
           all(charges, other.charges);
  }
};

// Flips a byte of a copy at each of some positions, and prints how reading it ended: `same`,
// `refused`, or what is wrong.
//   run: reads a file; returns 0 where all is the original's, 2 where it is refused
void each(const char* compressed, const std::vector<long long>& positions, const char* folder,
          const std::function<int(const std::string&)>& run) {
  std::ifstream file(compressed, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  std::map<std::string, int> ends;
  for (const long long position : positions) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      std::string bytes = whole;
      bytes[size_t(position)] = char(bytes[size_t(position)] ^ 0x41);
      const std::string path = std::string(folder) + "/" + std::to_string(position) + ".root";
      std::ofstream(path, std::ios::binary) << bytes;
      const int null = open("/dev/null", O_WRONLY);
      dup2(null, 2);
      if (!getenv("ROOTAE_TOLD")) dup2(null, 1);
      const int end = run(path);
      unlink(path.c_str());
      _exit(end);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::string end = WIFSIGNALED(status)        ? "crash " + std::to_string(WTERMSIG(status))
                      : WEXITSTATUS(status) == 0 ? "same"
                      : WEXITSTATUS(status) == 2 ? "refused"
                      : WEXITSTATUS(status) == 1 ? "wrong"
                                                 : "end " + std::to_string(WEXITSTATUS(status));
    ++ends[end];
    if (end != "same" && end != "refused") printf("%lld: %s\n", position, end.c_str());
  }
  for (const auto& [end, times] : ends) printf("%s %d\n", end.c_str(), times);
}

}  // namespace damaged

// Reads trees of files that are damaged at each of some positions.
void damaged_files(const char* original, const char* compressed, const char* tree,
                   std::vector<long long> positions, const char* folder) {
  gErrorIgnoreLevel = kFatal;
  std::set<std::string> coded;
  {
    std::unique_ptr<TFile> plain(new TFile(compressed));
    for (TObject* each : *plain->Get<TTree>(tree)->GetListOfBranches()) {
      const std::string name = each->GetName();
      if (name.size() > 5 && name.substr(name.size() - 5) == "__rae")
        coded.insert(name.substr(0, name.size() - 5));
    }
  }
  damaged::each(compressed, positions, folder, [&](const std::string& path) {
    return damaged::run(original, path.c_str(), tree, coded);
  });
}

// The same by RDataFrames of decoded blocks.
void damaged_frames(const char* original, const char* compressed, const char* tree,
                    std::vector<long long> positions, const char* folder) {
  gErrorIgnoreLevel = kFatal;
  using damaged::Columns;
  const Columns right = Columns::of(ROOT::RDataFrame(tree, original));
  damaged::each(compressed, positions, folder, [&](const std::string& path) {
    try {
      return Columns::of(rootae::dataframe(tree, path)).is(right) ? 0 : 1;
    } catch (const std::exception& error) {
      printf("%s\n", error.what());
      return 2;
    }
  });
}

// Prints what a frame of a damaged file throws, by one thread and by two.
void damaged_frame(const char* path, const char* tree) {
  for (const unsigned threads : {0u, 2u}) {
    if (threads != 0) ROOT::EnableImplicitMT(threads);
    try {
      auto frame = rootae::dataframe(tree, path);
      printf("summed %g\n", *frame.Sum<float>("MET_pt"));
    } catch (const std::exception& error) {
      printf("thrown %s\n", error.what());
    }
    if (threads != 0) ROOT::DisableImplicitMT();
  }
}
