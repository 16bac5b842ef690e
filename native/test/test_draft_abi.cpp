// Blocks on their way to bytes, and grids by themselves, as a writer sees them.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check.hpp"
#include "example.hpp"
#include "rootae/writer.h"
#include "stored.hpp"

namespace {

const Blob none = example::no_parts();
constexpr std::uint32_t a = 0, x = 1, nj = 2, j_pt = 3;

rootae_codec* codec() {
  rootae_codec* opened = nullptr;
  const auto* const plan = reinterpret_cast<const std::uint8_t*>(example::plan.data());
  CHECK(rootae_codec_open(plan, example::plan.size(), none.data(), none.size(), none.data(),
                          none.size(), unpack, &opened, nullptr) == ROOTAE_OK);
  return opened;
}

rootae_draft* draft() {
  rootae_codec* const of = codec();
  const std::vector<std::uint64_t> rows{3, 3};
  rootae_draft* opened = nullptr;
  CHECK(rootae_draft_open(of, 1, rows.data(), 2, &opened, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_open(of, 0, rows.data(), 1, &opened, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_open(of, 0, rows.data(), 2, &opened, nullptr) == ROOTAE_OK);
  rootae_codec_close(of);
  return opened;
}

void lanes_are_put_on_their_grids() {
  rootae_draft* const of = draft();
  const std::vector<float> values{0.3f, std::numeric_limits<float>::quiet_NaN(), -7.0f};
  std::vector<std::int64_t> codes(3), again(3);
  std::vector<std::uint8_t> wrong(3, 9);
  std::size_t count = 9;
  rootae_error error{};
  CHECK(rootae_draft_put(of, x, ROOTAE_ABSOLUTE, 0.1, values.data(), 12, 3, codes.data(),
                         wrong.data(), &count, &error) == ROOTAE_OK);
  CHECK(count == 1 && (wrong == std::vector<std::uint8_t>{0, 1, 0}));
  CHECK(codes[0] == 2 && codes[2] == -35);
  CHECK(rootae_draft_codes(of, x, values.data(), 12, 3, again.data(), nullptr) == ROOTAE_OK);
  CHECK(again == codes);
  const std::vector<std::int32_t> whole{5, -1, 0};
  CHECK(rootae_draft_put(of, a, ROOTAE_EXACT, 0, whole.data(), 12, 3, codes.data(), wrong.data(),
                         &count, nullptr) == ROOTAE_OK);
  CHECK(count == 0 && (codes == std::vector<std::int64_t>{5, -1, 0}));
  CHECK(rootae_draft_count(of, nj, whole.data(), 12, nullptr) == ROOTAE_OK);
  CHECK(rootae_draft_bits(of, j_pt, values.data(), 12, nullptr) == ROOTAE_OK);
  rootae_draft_close(of);
  rootae_draft_close(nullptr);
}

void what_does_not_fit_is_refused() {
  rootae_draft* const of = draft();
  const std::vector<float> values(3);
  std::vector<std::int64_t> codes(3);
  std::vector<std::uint8_t> wrong(3);
  std::size_t count = 0;
  const auto put = [&](std::uint32_t lane, int bound, std::size_t size, std::size_t rows) {
    return rootae_draft_put(of, lane, bound, 0.1, values.data(), size, rows, codes.data(),
                            wrong.data(), &count, nullptr);
  };
  CHECK(put(4, ROOTAE_ABSOLUTE, 12, 3) == ROOTAE_ARGUMENT);
  CHECK(put(x, 9, 12, 3) == ROOTAE_ARGUMENT);
  CHECK(put(x, ROOTAE_ABSOLUTE, 8, 2) == ROOTAE_ARGUMENT);
  CHECK(put(x, ROOTAE_ABSOLUTE, 12, 2) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_derive(of, x, ROOTAE_ABSOLUTE, 0.1, values.data(), 12, 3, wrong.data(),
                            &count, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_contexts(of, x, codes.data(), 24, &count, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_centre(of, x, codes.data(), 3, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_latents(of, 2, codes.data(), 3, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_latents(of, 0, codes.data(), 3, nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_draft_count(nullptr, nj, values.data(), 12, nullptr) == ROOTAE_ARGUMENT);
  rootae_draft_close(of);
}

void a_grid_stands_by_itself() {
  const std::string text = R"({"dtype":"float32","kind":"abs","step":"0x1.0000000000000p-1"})";
  rootae_grid* grid = nullptr;
  CHECK(rootae_grid_open(text.data(), text.size(), &grid, nullptr) == ROOTAE_OK);
  const std::vector<float> values{1.0f, -0.3f};
  std::vector<std::int64_t> codes(2);
  CHECK(rootae_grid_codes(grid, values.data(), 8, codes.data(), 2, nullptr) == ROOTAE_OK);
  CHECK(codes[0] == 2 && codes[1] == -1);
  CHECK(rootae_grid_codes(grid, values.data(), 8, codes.data(), 1, nullptr) == ROOTAE_ARGUMENT);
  rootae_grid_close(grid);
  for (const std::string& bad : {std::string("{"), std::string(R"({"kind":"abs"})")})
    CHECK(rootae_grid_open(bad.data(), bad.size(), &grid, nullptr) == ROOTAE_CORRUPT);
  const std::string rank = R"({"dtype":"float32","edges":0,"kind":"rank","points":1})";
  CHECK(rootae_grid_open(rank.data(), rank.size(), &grid, nullptr) == ROOTAE_CORRUPT);
}

}  // namespace

int main() {
  lanes_are_put_on_their_grids();
  what_does_not_fit_is_refused();
  a_grid_stands_by_itself();
}
