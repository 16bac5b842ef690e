// A block's directory says where its blobs lie, and what has to be decoded for a column.
#include "check.hpp"
#include "crc32.hpp"
#include "directory.hpp"
#include "error.hpp"
#include "example.hpp"
#include "plan/parse.hpp"
#include "program.hpp"

using namespace rootae;

namespace {

void put(std::vector<std::uint8_t>& head, std::size_t at, std::uint64_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) head[at + i] = static_cast<std::uint8_t>(number >> 8 * i);
}

std::vector<std::uint8_t> summed(std::vector<std::uint8_t> head) {
  put(head, head.size() - 4, crc32({head.data(), head.size() - 4}), 4);
  return head;
}

void example_is_read(const Layout& layout) {
  const std::vector<std::uint8_t> head = example::bytes(example::head_hex);
  const std::vector<std::uint8_t> blobs = example::bytes(example::blobs_hex);
  const Directory found(head, layout);
  CHECK(found.entries == 3 && found.rows == std::vector<std::uint64_t>({3, 3}));
  CHECK(found.most == std::vector<std::uint32_t>({0, 2}));
  CHECK(found.sizes == std::vector<std::uint32_t>({4, 0x20, 0xe, 0x11}));
  CHECK(found.modes == std::vector<std::uint8_t>(4, mode::plain) && found.content.empty());
  CHECK(found.starts.back() == blobs.size());
  for (std::size_t i = 0; i < layout.blobs; ++i)
    CHECK(crc32({blobs.data() + found.starts[i], found.sizes[i]}) == found.sums[i]);
  CHECK(beginning(head).codec[0] == 0xbc && beginning(head).entries == 3);
}

void damage(const Layout& layout) {
  const std::vector<std::uint8_t> head = example::bytes(example::head_hex);
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::vector<std::uint8_t> changed = head;
    changed[i] ^= 1;
    REFUSED(Directory(changed, layout), corrupt);
    REFUSED(Directory({head.data(), i}, layout), corrupt);
  }
  std::vector<std::uint8_t> longer = head;
  longer.insert(longer.end() - 4, 8, 0);  // one more branch than it says
  REFUSED(Directory(summed(longer), layout), corrupt);
  put(longer, head.size() - 8, 1, 4);
  CHECK(Directory(summed(longer), layout).content.size() == 1);
  std::vector<std::uint8_t> huge = head;
  put(huge, 32, std::uint64_t{1} << 40, 8);
  REFUSED(Directory(summed(huge), layout), corrupt);
  REFUSED(beginning(summed(huge)), corrupt);
  put(huge, 32, 3, 8);
  put(huge, 48, (std::uint64_t{1} << 31) + 1, 8);
  REFUSED(Directory(summed(huge), layout), corrupt);
  put(huge, 48, std::uint64_t{1} << 31, 8);
  CHECK(Directory(summed(huge), layout).rows[1] == std::uint64_t{1} << 31);
  REFUSED(beginning({head.data(), 39}), corrupt);
}

// x follows from a, and y is centred on x by contexts that see a: let go of as nobody looks at them.
void programs() {
  const Lane a{"a", "", 0, IntegerGrid{Type::int32}, {BoundKind::exact, 0}, {}, {}, {}};
  Lane x = a, y = a;
  x.column = "x";
  x.derived = Rule{{{0, 1.0}}};
  y.column = "y";
  y.contexts = 0;
  y.centre = Centre{{{TermKind::lane, {1}, 1.0}}, false, 0, 1};
  const Diagram diagram{{{{SourceKind::lane, 0}, Edges{0}}, {{SourceKind::latent, 0}, Edges{0}}}, {}};
  Tree tree{"t", "", {}, {}, {{"", "", {a, x, y}, {diagram}, {}, Encoder{0, {}, 1}}}};
  for (const char* name : {"a", "x", "y"})
    tree.columns.push_back({name, "", "", Type::int32, {}, {}, false, {}});
  const Layout layout(tree);
  CHECK(layout.blobs == 4 && layout.latent_blobs[0] == 0 && layout.lane_blobs[0] == 1);
  CHECK(layout.lanes_of(1).size() == 1 && layout.lanes_of(1)[0] == 1);
  const Resolver resolver(tree, layout);
  const std::vector<Index> wanted = {2}, none;
  std::vector<std::uint8_t> modes = {mode::plain, mode::derived, mode::contexts};
  Program program = resolver.resolve(wanted, modes, none);
  CHECK(program.lanes == std::vector<Index>({0, 1, 2}));
  CHECK(program.latents == std::vector<Index>({0}));
  std::vector<std::pair<Part, Index>> freed;
  auto free = [&](Part part, Index number) { freed.emplace_back(part, number); };
  for (const Index lane : {0U, 1U}) resolver.release(program, lane, modes[lane], free);
  CHECK(freed.empty());  // contexts look at a
  resolver.release(program, 2, modes[2], free);
  using Freed = std::vector<std::pair<Part, Index>>;
  CHECK(freed == Freed({{Part::centre, 2}, {Part::lane, 1}, {Part::contexts, 0}, {Part::lane, 0}}));
  modes[2] = mode::centred;
  const std::vector<Index> known = {0};
  program = resolver.resolve(wanted, modes, known);
  CHECK(program.lanes == std::vector<Index>({1, 2}) && program.latents.empty());
  modes[2] = 200;  // is refused where it is decoded
  CHECK(resolver.resolve(wanted, modes, none).lanes == wanted);
  CHECK(resolver.is_read(0) && resolver.is_read(1) && !resolver.is_read(2));
}

}  // namespace

int main() {
  const Plan plan = parse(example::plan);
  const Layout layout(plan.trees[0]);
  example_is_read(layout);
  damage(layout);
  programs();
}
