// A tree of every kind of branch: written, and read by hand, by addresses and by readers. What is
// read is printed as sums of bytes. Compiled by cling.
#include <ROOT/RDataFrame.hxx>
#include <TBranch.h>
#include <TFile.h>
#include <TLeaf.h>
#include <TRandom3.h>
#include <TROOT.h>
#include <TSystem.h>
#include <TTree.h>
#include <TTreeReader.h>
#include <TTreeReaderArray.h>
#include <TTreeReaderValue.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace kinds {

constexpr int kMost = 8;
const char* const kTree = "a/b/t";
const char* const kPlain = "plain";  // without ranges, of which MakeClass makes no code

// FNV-1a of values.
class Sum {
 public:
  void add(const void* from, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      sum_ = (sum_ ^ static_cast<const unsigned char*>(from)[i]) * 1099511628211u;
    bytes_ += size;
  }
  template <class T>
  void add(const T& value) { add(&value, sizeof value); }
  void add(const std::vector<bool>& values) {
    add(values.size());
    for (const bool one : values) add(&one, 1);
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(values.size());
    for (const T& one : values) add(one);
  }
  void print(const std::string& what) const {
    printf("%s: %zu bytes, %llx\n", what.c_str(), bytes_, static_cast<unsigned long long>(sum_));
  }

 private:
  std::uint64_t sum_ = 14695981039346656037u;
  std::size_t bytes_ = 0;
};

// An entry.
struct Row {
  Bool_t flag;
  Char_t i8;
  UChar_t u8;
  Short_t i16;
  UShort_t u16;
  Int_t i32;
  UInt_t u32;
  Long64_t i64;
  ULong64_t u64;
  Long_t word;
  ULong_t uword;
  Float_t f32;
  Double_t f64;
  Float16_t half;
  Double32_t packed, ranged, cut;
  Float_t fixed[3];
  Int_t matrix[2][3];
  Int_t n;
  Float_t counted[kMost], rows[kMost][3];
  Bool_t flags[kMost];
  Double32_t many[kMost];
  std::vector<float> floats;
  std::vector<int> ints;
  std::vector<bool> bools;
  std::vector<unsigned short> shorts;
  std::vector<Long64_t> longs;
  std::vector<std::vector<float>> nested;
  std::vector<std::vector<double>> deep;
};

// Calls what(name, list of leaves, address, its bytes in an entry) for each branch of numbers.
template <class What>
void numbers(Row& row, What&& what) {
  const auto all = [&](const char* name, const char* leaf, void* at, std::size_t size) {
    what(name, (std::string(name) + leaf).c_str(), at, size);
  };
  all("flag", "/O", &row.flag, 1);
  all("i8", "/B", &row.i8, 1);
  all("u8", "/b", &row.u8, 1);
  all("i16", "/S", &row.i16, 2);
  all("u16", "/s", &row.u16, 2);
  all("i32", "/I", &row.i32, 4);
  all("u32", "/i", &row.u32, 4);
  all("i64", "/L", &row.i64, 8);
  all("u64", "/l", &row.u64, 8);
  all("word", "/G", &row.word, 8);
  all("uword", "/g", &row.uword, 8);
  all("f32", "/F", &row.f32, 4);
  all("f64", "/D", &row.f64, 8);
  all("half", "/f", &row.half, 4);
  all("packed", "/d", &row.packed, 8);
  all("ranged", "/d[0,1,12]", &row.ranged, 8);
  all("cut", "/d[0,0,10]", &row.cut, 8);
  all("fixed", "[3]/F", row.fixed, 12);
  all("matrix", "[2][3]/I", row.matrix, 24);
  all("n", "/I", &row.n, 4);
  all("counted", "[n]/F", row.counted, 0);
  all("rows", "[n][3]/F", row.rows, 0);
  all("flags", "[n]/O", row.flags, 0);
  all("many", "[n]/d", row.many, 0);
}

// Calls what(name, vector) for each branch of a vector.
template <class Vectors, class What>
void vectors(Vectors& of, What&& what) {
  what("floats", of.floats);
  what("ints", of.ints);
  what("bools", of.bools);
  what("shorts", of.shorts);
  what("longs", of.longs);
  what("nested", of.nested);
  what("deep", of.deep);
}

// Vectors where SetBranchAddress has them.
struct Pointers {
  std::vector<float>* floats = nullptr;
  std::vector<int>* ints = nullptr;
  std::vector<bool>* bools = nullptr;
  std::vector<unsigned short>* shorts = nullptr;
  std::vector<Long64_t>* longs = nullptr;
  std::vector<std::vector<float>>* nested = nullptr;
  std::vector<std::vector<double>>* deep = nullptr;
};

void fill(Row& row, TRandom3& random) {
  const auto whole = [&] { return random.Integer(1u << 31) * 2u + random.Integer(2); };
  row.flag = random.Rndm() < 0.3;
  row.i8 = Char_t(whole()), row.u8 = UChar_t(whole());
  row.i16 = Short_t(whole()), row.u16 = UShort_t(whole());
  row.i32 = Int_t(whole()), row.u32 = whole();
  row.i64 = Long64_t(whole()) << 31 | whole(), row.u64 = ULong64_t(whole()) << 32 | whole();
  row.word = -Long_t(whole()), row.uword = ULong_t(whole()) << 32;
  row.f32 = Float_t(random.Gaus()), row.f64 = random.Gaus();
  row.half = Float16_t(random.Gaus()), row.packed = random.Gaus();
  row.ranged = random.Rndm(), row.cut = random.Gaus();
  for (Float_t& one : row.fixed) one = Float_t(random.Exp(3));
  for (auto& line : row.matrix)
    for (Int_t& one : line) one = Int_t(random.Integer(1000));
  row.n = Int_t(random.Integer(kMost + 1));
  row.floats.clear(), row.ints.clear(), row.bools.clear(), row.shorts.clear(), row.longs.clear();
  row.nested.clear(), row.deep.clear();
  for (int i = 0; i < row.n; ++i) {
    row.counted[i] = Float_t(random.Exp(30)), row.flags[i] = random.Rndm() < 0.5;
    row.many[i] = random.Gaus();
    for (Float_t& one : row.rows[i]) one = Float_t(random.Gaus());
    row.floats.push_back(Float_t(random.Gaus())), row.bools.push_back(random.Rndm() < 0.5);
    row.nested.emplace_back(random.Integer(4), Float_t(random.Gaus()));
  }
  for (unsigned i = random.Integer(4); i > 0; --i) {
    row.ints.push_back(Int_t(whole())), row.shorts.push_back((unsigned short)(whole()));
    row.longs.push_back(-Long64_t(whole()));
    row.deep.emplace_back();
    for (unsigned k = random.Integer(3); k > 0; --k) row.deep.back().push_back(random.Gaus());
  }
}

void by_addresses(TTree& tree) {
  Row row{};
  Pointers to;
  std::vector<Sum> sums(64);
  numbers(row, [&](const char* name, const char*, void* at, std::size_t) {
    tree.SetBranchAddress(name, at);
  });
  vectors(to, [&](const char* name, auto& at) { tree.SetBranchAddress(name, &at); });
  for (Long64_t entry = 0; entry < tree.GetEntries(); ++entry) {
    const int got = tree.GetEntry(entry);
    std::size_t i = 0;
    sums[i++].add(got);
    numbers(row, [&](const char* name, const char*, void* at, std::size_t size) {
      const bool is_row = std::string(name) == "rows", is_flag = std::string(name) == "flags";
      const std::size_t one = is_row ? 12 : is_flag ? 1 : std::string(name) == "many" ? 8 : 4;
      sums[i++].add(at, size != 0 ? size : one * static_cast<std::size_t>(row.n));
    });
    vectors(to, [&](const char*, auto& at) { sums[i++].add(*at); });
  }
  std::size_t i = 0;
  sums[i++].print("bytes");
  numbers(row, [&](const char* name, const char*, void*, std::size_t) { sums[i++].print(name); });
  vectors(to, [&](const char* name, auto&) { sums[i++].print(name); });
  tree.ResetBranchAddresses();
}

template <class T>
void value(TTree& tree, const char* name) {
  TTreeReader reader(&tree);
  TTreeReaderValue<T> of(reader, name);
  Sum sum;
  while (reader.Next()) sum.add(*of);
  sum.print(std::string("value ") + name + " " + std::to_string(int(of.GetSetupStatus())));
}

template <class T>
void array(TTree& tree, const char* name) {
  TTreeReader reader(&tree);
  TTreeReaderArray<T> of(reader, name);
  Sum sum;
  while (reader.Next())
    for (std::size_t i = 0; i < of.GetSize(); ++i) sum.add(of[i]);
  sum.print(std::string("array ") + name + " " + std::to_string(int(of.GetSetupStatus())));
}

void by_readers(TTree& tree) {
  value<Bool_t>(tree, "flag"), value<Char_t>(tree, "i8"), value<UChar_t>(tree, "u8");
  value<Short_t>(tree, "i16"), value<UShort_t>(tree, "u16"), value<Int_t>(tree, "i32");
  value<UInt_t>(tree, "u32"), value<Long64_t>(tree, "i64"), value<ULong64_t>(tree, "u64");
  value<Long_t>(tree, "word"), value<ULong_t>(tree, "uword");
  value<Float_t>(tree, "f32"), value<Double_t>(tree, "f64");
  value<Float16_t>(tree, "half"), value<Double32_t>(tree, "ranged");
  value<std::vector<float>>(tree, "floats"), value<std::vector<bool>>(tree, "bools");
  value<std::vector<std::vector<float>>>(tree, "nested");
  value<std::vector<std::vector<double>>>(tree, "deep");
  array<Float_t>(tree, "fixed"), array<Float_t>(tree, "counted"), array<Float_t>(tree, "rows");
  array<Bool_t>(tree, "flags"), array<float>(tree, "floats"), array<int>(tree, "ints");
  array<unsigned short>(tree, "shorts"), array<Long64_t>(tree, "longs");
  array<std::vector<float>>(tree, "nested");
}

// Code that ROOT makes for the tree, compiled and run over all entries.
void by_made_class(TTree& tree) {
  tree.MakeClass("made");
  gROOT->ProcessLine(".L made.C");
  const std::string at = std::to_string(reinterpret_cast<std::uintptr_t>(&tree));
  gROOT->ProcessLine(("{ made m(reinterpret_cast<TTree*>(" + at + "ul)); m.Loop(); "
                      "printf(\"made %lld %d %d %g %zu\\n\", m.fChain->GetReadEntry(), m.i32, m.n, "
                      "m.rows[0][2], m.nested->size()); m.fChain = nullptr; }").c_str());
}

// The lines of Print that name branches; the others say what they take.
void printed(TTree& tree) {
  fflush(stdout);
  gSystem->RedirectOutput("printed.txt", "w");
  tree.Print();
  gSystem->RedirectOutput(nullptr);
  std::ifstream said("printed.txt");
  for (std::string line; std::getline(said, line);)
    if (line.find("*Br") == 0 || line.find("*Tree") == 0 || line.find("*Entries :") == 0)
      printf("%s\n", line.substr(0, line[1] == 'E' ? 20 : line.size()).c_str());
}

}  // namespace kinds

// Writes the trees, one of them into a directory of a directory.
void write_kinds(const char* path, int entries) {
  TFile file(path, "recreate");
  for (const bool is_plain : {false, true}) {
    TDirectory* place = is_plain ? &file : file.mkdir("a")->mkdir("b");
    place->cd();
    auto* tree = new TTree(is_plain ? kinds::kPlain : "t", "every kind");
    kinds::Row row{};
    kinds::numbers(row, [&](const char* name, const char* leaf, void* at, std::size_t) {
      if (!is_plain || !strchr(leaf, ',')) tree->Branch(name, at, leaf);
    });
    kinds::vectors(row, [&](const char* name, auto& of) { tree->Branch(name, &of); });
    TRandom3 random(7);
    for (int i = 0; i < entries; ++i) {
      kinds::fill(row, random);
      tree->Fill();
    }
    tree->Write();
  }
  file.Close();
}

// Prints all that is read of them.
void read_kinds(const char* path) {
  std::unique_ptr<TFile> file(TFile::Open(path));
  auto* tree = file->Get<TTree>(kinds::kTree);
  printf("%d %d\n", file->GetDirectory("a/b")->Get("t") == tree, file->Get("a/b/none") == nullptr);
  kinds::printed(*tree);
  kinds::by_addresses(*tree);
  kinds::by_readers(*tree);
  kinds::by_made_class(*file->Get<TTree>(kinds::kPlain));
  ROOT::RDataFrame frame(kinds::kTree, path);
  for (const auto& name : frame.GetColumnNames())
    printf("column %s %s\n", name.c_str(), frame.GetColumnType(name).c_str());
}
