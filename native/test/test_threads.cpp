// A block by one thread and by several: the same values, and the same errors of damaged ones.
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "block.hpp"
#include "check.hpp"
#include "crc32.hpp"
#include "error.hpp"
#include "stored.hpp"

namespace {

using namespace rootae;

constexpr unsigned kThreads[] = {1, 2, 5};
constexpr std::size_t kEntries = 10000;
constexpr Index kChain = 8;

struct Coded {
  std::string name;
  std::uint8_t mode;
  std::vector<std::int32_t> values;
  Blob blob;
};

Blob stream(const std::vector<std::int32_t>& of) {  // of 0 ... 255
  if (of.empty()) return {0, 0};
  Blob out{2, 0};
  append(out, frame(Blob(of.begin(), of.end())));
  return out;
}

Blob lane_of(const Blob& codes) {
  Blob out{0, 0};  // no escapes, no shift
  append(out, codes);
  return out;
}

// Codes of 0 ... 9 as three edges see them.
constexpr std::int64_t kEdges[] = {2, 4, 7};
std::int64_t seen(std::int32_t code) {
  return std::count_if(std::begin(kEdges), std::end(kEdges), [&](auto e) { return e <= code; });
}

Blob runs(const std::vector<std::int32_t>& values, const std::vector<std::uint8_t>& contexts) {
  std::vector<std::vector<std::int32_t>> of(16);
  for (std::size_t i = 0; i < values.size(); ++i) of[contexts[i]].push_back(values[i]);
  std::vector<Blob> parts;
  for (const auto& some : of)
    if (!some.empty()) parts.push_back(stream(some));
  Blob out{0};  // none are merged
  append(out, join(parts));
  return out;
}

Lane lane(const std::string& name) {
  return {name, "", 0, IntegerGrid{Type::int32}, {BoundKind::exact, 0}, {}, {}, {}};
}
Feature look(SourceKind kind, Index index) { return {{kind, index}, Edges{0}}; }
Centre centre(Index lane) {
  return {{{TermKind::lane, {lane}, 1.0}}, false, INT32_MIN, INT32_MAX};
}

// Entries of `nj` and `nk` objects. c0 ... c7: each by contexts that see two before it; x0 ... x7:
// centred on these, y on a link to k by `by`, which contexts of z see as well.
class Sample {
 public:
  Sample() : tables_({Table(std::begin(kEdges), std::end(kEdges)), {0, 1, 2, 3}, square()}) {
    entries();
    objects();
    tree_.groups = {first_, jets_, others_};
    for (const Coded& one : coded_)
      tree_.columns.push_back({one.name, "", "", Type::int32, {}, counter(one.name), false, {}});
    compiled_ = std::make_unique<CompiledTree>(tree_, tables_, networks_);
  }

  [[nodiscard]] const CompiledTree& tree() const { return *compiled_; }
  [[nodiscard]] std::vector<Coded>& coded() { return coded_; }
  [[nodiscard]] Blob head() const {
    Blob out(32, 0);
    put(out, std::uint64_t{kEntries});
    for (const std::size_t rows : rows_) put(out, std::uint64_t{rows});
    for (const std::uint32_t most : {0U, 2U, 3U}) put(out, most);
    for (const Coded& one : coded_) put(out, static_cast<std::uint32_t>(one.blob.size()));
    for (const Coded& one : coded_) put(out, crc32(one.blob));
    for (const Coded& one : coded_) out.push_back(one.mode);
    put(out, std::uint32_t{0});
    put(out, crc32(out));
    return out;
  }

 private:
  static Table square() {
    Table found;
    for (std::int64_t i = 0; i < 16; ++i) found.push_back(i);
    return found;
  }
  static std::optional<std::string> counter(const std::string& name) {
    if (name == "k") return "nk";
    return name == "by" || name == "y" || name == "z" ? std::optional<std::string>("nj")
                                                      : std::nullopt;
  }
  template <class T>
  static void put(Blob& to, T number) {
    for (std::size_t i = 0; i < sizeof number; ++i)
      to.push_back(static_cast<std::uint8_t>(number >> 8 * i));
  }

  std::vector<std::int32_t> numbers(std::size_t rows, unsigned most) {
    std::vector<std::int32_t> found(rows);
    for (auto& one : found) one = static_cast<std::int32_t>(random_() % (most + 1));
    return found;
  }
  void code(const std::string& name, std::uint8_t mode, std::vector<std::int32_t> values,
            const Blob& codes) {
    coded_.push_back({name, mode, std::move(values), lane_of(codes)});
  }
  void plain(const std::string& name, const std::vector<std::int32_t>& values) {
    code(name, mode::plain, values, stream(values));
  }
  // By contexts of two lanes.
  void by(const std::string& name, const std::vector<std::int32_t>& values,
          const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
    std::vector<std::uint8_t> contexts(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      contexts[i] = static_cast<std::uint8_t>(4 * seen(a[i]) + seen(b[i]));
    code(name, mode::contexts, values, runs(values, contexts));
  }
  void centred(const std::string& name, std::vector<std::int32_t> values,
               const std::vector<std::int32_t>& on) {
    code(name, mode::centred, values, stream(values));
    for (std::size_t i = 0; i < values.size(); ++i) coded_.back().values[i] += on[i];
  }

  void entries() {
    plain("nj", numbers(kEntries, 2));
    plain("nk", numbers(kEntries, 3));
    std::vector<std::vector<std::int32_t>> chain;
    for (Index i = 0; i < kChain; ++i) chain.push_back(numbers(kEntries, 9));
    for (const char* name : {"nj", "nk"}) first_.lanes.push_back(lane(name));
    for (Index i = 0; i < kChain; ++i) {
      Lane& own = first_.lanes.emplace_back(lane("c" + std::to_string(i)));
      if (i < 2) {
        plain(own.column, chain[i]);
        continue;
      }
      own.contexts = static_cast<Index>(first_.contexts.size());
      const std::vector<Feature> inputs = {look(SourceKind::lane, 2 + i - 1),
                                           look(SourceKind::lane, 2 + i % 2)};
      first_.contexts.emplace_back(Diagram{inputs, {1, 2}});
      by(own.column, chain[i], chain[i - 1], chain[i % 2]);
    }
    for (Index i = 0; i < kChain; ++i) {
      Lane& own = first_.lanes.emplace_back(lane("x" + std::to_string(i)));
      own.centre = centre(2 + i);
      centred(own.column, numbers(kEntries, 5), chain[i]);
    }
    rows_[0] = kEntries;
  }

  void objects() {
    const std::vector<std::int32_t> nj = coded_[0].values, nk = coded_[1].values;
    for (std::size_t i = 0; i < kEntries; ++i) {
      rows_[1] += static_cast<std::size_t>(nj[i]);
      rows_[2] += static_cast<std::size_t>(nk[i]);
    }
    const std::vector<std::int32_t> index = numbers(rows_[1], 3), k = numbers(rows_[2], 9);
    std::vector<std::int32_t> link;
    std::size_t row = 0, other = 0;
    for (std::size_t i = 0; i < kEntries; ++i) {
      for (std::int32_t j = 0; j < nj[i]; ++j, ++row)
        link.push_back(index[row] < nk[i] ? k[other + static_cast<std::size_t>(index[row])] : 0);
      other += static_cast<std::size_t>(nk[i]);
    }
    jets_.lanes = {lane("by"), lane("y"), lane("z")};
    jets_.links = {{0, 0, "nk", "k", IntegerGrid{Type::int32}}};
    jets_.lanes[1].centre = centre(3);
    jets_.lanes[2].contexts = 0;
    const std::vector<Feature> inputs = {look(SourceKind::lane, 3), look(SourceKind::centre, 1)};
    jets_.contexts = {Diagram{inputs, {1, 2}}};
    others_.lanes = {lane("k")};
    plain("by", index);
    centred("y", numbers(rows_[1], 5), link);
    by("z", numbers(rows_[1], 9), link, link);
    plain("k", k);
  }

  std::minstd_rand random_{1};
  Tables tables_;
  std::vector<Network> networks_;
  Group first_{"", "", {}, {}, {}, {}}, jets_{"nj", "", {}, {}, {}, {}};
  Group others_{"nk", "", {}, {}, {}, {}};
  std::vector<Coded> coded_;  // in the order of lanes, which is that of columns
  std::size_t rows_[3] = {};
  Tree tree_{"t", "", {}, {}, {}};
  std::unique_ptr<CompiledTree> compiled_;
};

using Columns = std::vector<std::vector<std::int32_t>>;

Columns decoded(Sample& sample, Block& block, const std::vector<Index>& columns, bool keep,
                unsigned threads) {
  const std::vector<Index> needed = block.needs(columns);
  std::vector<Bytes> blobs;
  for (const Index blob : needed) blobs.emplace_back(sample.coded()[blob].blob);
  Columns found;
  std::vector<Out> outs;
  for (const Index column : columns) found.emplace_back(block.rows(column));
  for (auto& one : found)
    outs.push_back({reinterpret_cast<std::uint8_t*>(one.data()), 4 * one.size()});
  block.decode(columns, {blobs.data(), blobs.size()}, {outs.data(), outs.size()}, keep, threads);
  return found;
}

std::vector<Index> all_of(Sample& sample) {
  std::vector<Index> found;
  for (Index i = 0; i < sample.coded().size(); ++i) found.push_back(i);
  return found;
}

void values_are_the_same() {
  for (const unsigned threads : kThreads) {
    Sample sample;  // nothing of it is made ready
    Memories memories;
    const Blob head = sample.head();
    for (int round = 0; round < 10; ++round) {
      Block block(sample.tree(), head, unpack, memories);
      const Columns found = decoded(sample, block, all_of(sample), false, threads);
      for (Index i = 0; i < found.size(); ++i) CHECK(found[i] == sample.coded()[i].values);
    }
  }
}

void some_columns_at_a_time() {
  Sample sample;
  Memories memories;
  std::minstd_rand random(2);
  const Blob head = sample.head();
  for (const unsigned threads : kThreads) {
    Block block(sample.tree(), head, unpack, memories);
    for (int round = 0; round < 20; ++round) {
      std::vector<Index> columns = all_of(sample);
      std::shuffle(columns.begin(), columns.end(), random);
      columns.resize(1 + random() % columns.size());
      const Columns found = decoded(sample, block, columns, random() % 4 == 0, threads);
      for (Index i = 0; i < found.size(); ++i)
        CHECK(found[i] == sample.coded()[columns[i]].values);
    }
  }
}

void errors_are_the_same() {
  Sample sample;
  const std::vector<Coded> whole = sample.coded();
  std::minstd_rand random(3);
  Memories memories;
  for (int round = 0; round < 100; ++round) {
    sample.coded() = whole;
    for (int k = 0; k <= round % 3; ++k) {
      Blob& blob = sample.coded()[random() % whole.size()].blob;
      const std::size_t most = random() % 2 != 0 ? 20 : blob.size();
      const std::size_t at = random() % std::min(blob.size(), most);
      blob[at] = static_cast<std::uint8_t>(blob[at] ^ (1U << random() % 8));
    }
    const Blob head = sample.head();
    std::string first;
    for (const unsigned threads : kThreads) {
      std::string said = "none";
      Block block(sample.tree(), head, unpack, memories);
      try {
        static_cast<void>(decoded(sample, block, all_of(sample), false, threads));
      } catch (const Error& error) {
        said = std::to_string(static_cast<int>(error.kind())) + error.what();
      }
      if (threads == 1) first = said;
      CHECK(said == first);
    }
  }
}

}  // namespace

int main() {
  values_are_the_same();
  some_columns_at_a_time();
  errors_are_the_same();
}
