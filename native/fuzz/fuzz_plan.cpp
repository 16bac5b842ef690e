// A plan of any bytes is refused, or read, checked and followed, in little time and memory.
#include <cstddef>
#include <cstdint>

#include "error.hpp"
#include "plan/check.hpp"
#include "plan/parse.hpp"
#include "program.hpp"

namespace {

using namespace rootae;

// Small tables and networks of many ends, so that plans find some that fit.
const std::vector<TableFacts>& facts() {
  static const std::vector<Table> tables = {
      {},           {1, 2, 3},    {1, 2, 3, 4, 5, 6, 7}, {2, 1},       {0, 1, 2, 3, 4, 5, 6, 7},
      Table(400, 1), {-5, 0, 255}, {0, 1, 1, 0, 0, 0},    {256, 0, 0, 0}};
  static const std::vector<TableFacts> found = facts_of(tables);
  return found;
}

void follow(const Tree& tree) {
  const Layout layout(tree);
  const Resolver resolver(tree, layout);
  std::vector<Index> all(layout.lanes()), some;
  std::vector<std::uint8_t> modes(layout.lanes());
  for (Index i = 0; i < all.size(); ++i) {
    all[i] = i;
    modes[i] = static_cast<std::uint8_t>(i * 7 % 8);
    if (i % 5 == 1) some.push_back(i);
  }
  for (const Span<const Index> known : {Span<const Index>(), Span<const Index>(some)}) {
    Program program = resolver.resolve(all, modes, known);
    for (const Index lane : program.lanes)
      resolver.release(program, lane, modes[lane], [](Part, Index) {});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<Ends> networks = {{1, 2}, {1, 4}, {2, 2}, {3, 2}, {1, 1}};
  try {
    const Plan plan = parse({reinterpret_cast<const char*>(data), size});
    check(plan, facts(), networks);
    for (const Tree& tree : plan.trees) follow(tree);
  } catch (const Error&) {  // what is wrong is said
  }
  return 0;
}
