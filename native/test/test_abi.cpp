// The C ABI, and C++ over it: the example of FORMAT.md, and callers that do it wrong.
#include <cstring>
#include <string>

#include "check.hpp"
#include "example.hpp"
#include "rootae/rootae.hpp"
#include "stored.hpp"

namespace {

using rootae::BlockHandle;
using rootae::CodecHandle;

const Blob none = example::no_parts(), head = example::bytes(example::head_hex),
           blobs = example::bytes(example::blobs_hex);
constexpr std::uint32_t a = 0, x = 1, j_pt = 3;

rootae_bytes bytes(const Blob& blob) { return {blob.data(), blob.size()}; }
CodecHandle codec() { return {example::plan, bytes(none), bytes(none), unpack}; }

std::vector<rootae_bytes> read(const std::vector<rootae_span>& spans) {
  std::vector<rootae_bytes> found;
  for (const rootae_span& span : spans) found.push_back({blobs.data() + span.offset, span.size});
  return found;
}

template <class Work>
void refused(int kind, Work work) {
  int found = ROOTAE_OK;
  try {
    work();
  } catch (const rootae::Refused& error) {
    found = error.kind();
    CHECK(std::strlen(error.what()) > 0);
  }
  CHECK(found == kind);
}

void a_codec_says_what_it_codes() {
  CHECK(rootae_abi() == ROOTAE_ABI);
  const CodecHandle of = codec();
  CHECK(of.trees() == 1 && of.tree(0).columns == 4 && of.tree(0).groups == 2);
  const rootae_column column = of.column(0, j_pt);
  CHECK(std::string(column.name.data, column.name.size) == "j_pt");
  CHECK(column.type == ROOTAE_FLOAT32 && column.counter == 2 && column.group == 1);
  CHECK(column.lanes == 1 && column.dimensions == 0 && column.inner_shape == nullptr);
  CHECK(column.is_counter == 0 && column.is_exact == 0 && column.leaf_kind.size == 0);
  CHECK(of.column(0, a).counter == -1 && of.column(0, a).is_exact == 1);
  CHECK(of.column(0, 2).is_counter == 1);
  const rootae_branch branch = of.branch(0, j_pt);
  CHECK(of.tree(0).branches == 4 && branch.coded == 1);
  CHECK(std::string(branch.counter.data, branch.counter.size) == "nj");
  CHECK(std::string(branch.title.data, branch.title.size) == "j_pt[nj]/F");
  CHECK(of.branch(0, a).counter.size == 0);
  const rootae_group group = of.group(0, 1);
  CHECK(std::string(group.name.data, group.name.size) == "nj" && group.latents == 0);
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(of.tree(1)); });
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(of.column(0, 4)); });
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(of.column(1, 0)); });
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(of.group(0, 2)); });
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(of.branch(0, 4)); });
}

void a_block_is_decoded() {
  const CodecHandle of = codec();
  BlockHandle block(of, 0, bytes(head));
  CHECK(block.entries() == 3 && rootae_block_bytes(block.get()) == blobs.size());
  CHECK(block.extent(j_pt).rows == 3 && block.extent(j_pt).bytes == 12);
  CHECK(block.extent(j_pt).stored == 17 && block.extent(a).stored == 4);
  CHECK(block.extent(j_pt).most == 2 && block.extent(a).most == 0);
  const auto spans = block.needs({j_pt});
  CHECK(spans.size() == 2);  // its counter, too
  float pt[3];
  block.decode({j_pt}, read(spans), {{pt, sizeof pt}});
  CHECK(pt[0] > 30.154f && pt[0] < 30.155f && pt[2] > 50.46f && pt[2] < 50.47f);
  CHECK(block.needs({j_pt}).size() == 1);  // of the counter values are kept
  std::int32_t counts[3], more[3];
  block.values(2, counts, sizeof counts);
  CHECK(counts[0] == 2 && counts[1] == 0 && counts[2] == 1);
  block.decode({a, x}, read(block.needs({a, x})), {{more, sizeof more}, {nullptr, 0}});
  CHECK(more[0] == 7 && more[2] == 7);
  block.values(x, pt, sizeof pt);
  CHECK(pt[1] < -0.99f && pt[2] != pt[2]);
  refused(ROOTAE_ARGUMENT, [&] { block.values(a, more, sizeof more); });  // it is not kept
  block.decode({a}, read(block.needs({a})), {});
  block.values(a, more, sizeof more);
  CHECK(block.needs({a, x}).empty());
}

// A caller's memory may begin anywhere.
void memory_need_not_be_aligned() {
  const CodecHandle of = codec();
  BlockHandle block(of, 0, bytes(head));
  std::uint8_t memory[13] = {};
  block.decode({a}, read(block.needs({a})), {{memory + 1, 12}});
  CHECK(memory[0] == 0 && memory[1] == 7 && memory[5] == 7 && memory[9] == 7 && memory[10] == 0);
}

void callers_that_do_it_wrong() {
  const CodecHandle of = codec();
  BlockHandle block(of, 0, bytes(head));
  const auto spans = read(block.needs({j_pt}));
  float pt[3];
  const auto decode = [&](std::vector<std::uint32_t> columns, std::vector<rootae_bytes> given,
                          std::size_t room) {
    block.decode(columns, given, {{pt, room}});
  };
  refused(ROOTAE_ARGUMENT, [&] { decode({j_pt}, spans, 11); });
  refused(ROOTAE_ARGUMENT, [&] { decode({j_pt}, {}, 12); });
  refused(ROOTAE_ARGUMENT, [&] { decode({j_pt}, {spans[0]}, 12); });
  refused(ROOTAE_ARGUMENT, [&] { decode({j_pt}, {spans[1], spans[0]}, 12); });
  refused(ROOTAE_ARGUMENT, [&] { decode({j_pt}, {{nullptr, 4}, spans[1]}, 12); });
  refused(ROOTAE_ARGUMENT, [&] { decode({4}, {}, 12); });
  refused(ROOTAE_ARGUMENT, [&] { decode({j_pt, a}, spans, 12); });
  refused(ROOTAE_ARGUMENT, [&] { block.values(4, pt, 12); });
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(block.needs({9})); });
  refused(ROOTAE_ARGUMENT, [&] { static_cast<void>(block.extent(9)); });
  decode({j_pt}, spans, 12);  // it is as it was opened
  rootae_span span;
  rootae_error error;
  CHECK(rootae_block_latents_span(block.get(), 0, &span, &error) == ROOTAE_ARGUMENT);
  CHECK(rootae_block_latents_span(block.get(), 2, &span, nullptr) == ROOTAE_ARGUMENT);
}

void null_is_refused() {
  const CodecHandle of = codec();
  const BlockHandle block(of, 0, bytes(head));
  rootae_error error;
  rootae_codec* codec = nullptr;
  rootae_block* opened = nullptr;
  std::size_t count;
  const auto wrong = [](int kind) { CHECK(kind == ROOTAE_ARGUMENT); };
  wrong(rootae_codec_open(nullptr, 9, none.data(), 1, none.data(), 1, unpack, &codec, &error));
  const auto* plan = reinterpret_cast<const std::uint8_t*>(example::plan.data());
  const std::size_t size = example::plan.size();
  const auto open = [&](const Blob& tables, rootae_zstd zstd, rootae_codec** into) {
    return rootae_codec_open(plan, size, tables.data(), tables.size(), none.data(), none.size(),
                             zstd, into, &error);
  };
  wrong(open(none, unpack, nullptr));
  wrong(open(none, nullptr, &codec));
  CHECK(std::string(error.message).find("zstd") != std::string::npos);
  wrong(rootae_block_open(nullptr, 0, head.data(), head.size(), &opened, &error));
  wrong(rootae_block_open(of.get(), 1, head.data(), head.size(), &opened, &error));
  wrong(rootae_block_open(of.get(), 0, nullptr, 7, &opened, &error));
  wrong(rootae_block_open(of.get(), 0, head.data(), head.size(), nullptr, &error));
  wrong(rootae_block_needs(nullptr, nullptr, 0, nullptr, 0, &count, &error));
  wrong(rootae_block_needs(block.get(), nullptr, 1, nullptr, 0, &count, &error));
  wrong(rootae_block_needs(block.get(), &a, 1, nullptr, 1, &count, &error));
  wrong(rootae_block_needs(block.get(), &a, 1, nullptr, 0, nullptr, &error));
  wrong(rootae_block_decode(nullptr, nullptr, 0, nullptr, 0, nullptr, 0, 1, &error));
  wrong(rootae_block_values(block.get(), a, nullptr, 12, &error));
  wrong(rootae_block_extent(block.get(), a, nullptr, &error));
  wrong(rootae_codec_tree(nullptr, 0, nullptr, &error));
  CHECK(rootae_codec_trees(nullptr) == 0 && rootae_block_entries(nullptr) == 0);
  rootae_codec_close(nullptr);
  rootae_block_close(nullptr);
  CHECK(opened == nullptr && codec == nullptr);
}

void a_codec_may_be_closed_first() {
  auto of = std::make_unique<CodecHandle>(codec());
  BlockHandle block(*of, 0, bytes(head));
  of.reset();
  std::int32_t seven[3];
  block.decode({a}, read(block.needs({a})), {{seven, sizeof seven}});
  CHECK(seven[1] == 7);
}

void damage_is_refused_and_forgotten() {
  const CodecHandle of = codec();
  BlockHandle block(of, 0, bytes(head));
  float pt[3];
  auto given = read(block.needs({j_pt}));
  for (std::size_t k = 0; k < given.size(); ++k) {
    for (std::size_t i = 0; i < given[k].size; ++i) {
      Blob changed(given[k].data, given[k].data + given[k].size);
      changed[i] ^= 1;
      auto wrong = given;
      wrong[k] = bytes(changed);
      refused(ROOTAE_CORRUPT, [&] { block.decode({j_pt}, wrong, {{pt, sizeof pt}}); });
    }
  }
  block.decode({j_pt}, given, {{pt, sizeof pt}});
  for (std::size_t i = 0; i < head.size(); ++i) {
    Blob changed = head;
    changed[i] ^= 1;
    refused(ROOTAE_CORRUPT, [&] { BlockHandle(of, 0, bytes(changed)); });
  }
  std::string newer = example::plan;
  newer.replace(newer.find("\"format\":2"), 10, "\"format\":3");
  refused(ROOTAE_FORMAT, [&] { CodecHandle(newer, bytes(none), bytes(none), unpack); });
  refused(ROOTAE_CORRUPT, [&] { CodecHandle("{}", bytes(none), bytes(none), unpack); });
}

}  // namespace

int main() {
  a_codec_says_what_it_codes();
  a_block_is_decoded();
  memory_need_not_be_aligned();
  callers_that_do_it_wrong();
  null_is_refused();
  a_codec_may_be_closed_first();
  damage_is_refused_and_forgotten();
}
