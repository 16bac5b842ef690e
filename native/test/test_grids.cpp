// Grids: FORMAT.md's own examples, the ends of types and of codes, what is refused.
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "bit_cast.hpp"
#include "check.hpp"
#include "error.hpp"
#include "grids/divisor.hpp"
#include "grids/grid.hpp"
#include "grids/segments.hpp"

using namespace rootae;

namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

CompiledGrid compiled(const Grid& grid, const std::vector<Table>& tables = {}) {
  grids::Octaves octaves;
  return {grid, tables, octaves};
}

template <class T>
std::vector<T> inverse(const Grid& grid, const std::vector<std::int64_t>& codes,
                       const std::vector<Table>& tables = {}) {
  const CompiledGrid ready = compiled(grid, tables);
  std::vector<T> out(codes.size());
  ready.inverse(codes, {ready.type(), reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

template <class T>
std::vector<std::int64_t> forward(const Grid& grid, const std::vector<T>& in,
                                  const std::vector<Table>& tables = {}) {
  const CompiledGrid ready = compiled(grid, tables);
  std::vector<std::int64_t> codes(in.size());
  ready.forward({ready.type(), reinterpret_cast<const std::uint8_t*>(in.data()), in.size()}, codes);
  return codes;
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || !std::memcmp(a.data(), b.data(), a.size() * sizeof(T)));
}

Table bits_of(const std::vector<double>& values) {
  Table table;
  for (const double x : values) table.push_back(bit_cast<std::int64_t>(x));
  return table;
}

void examples() {
  const AbsoluteGrid absolute{Type::float32, 0x1.9999919998000p-3};
  CHECK(same(inverse<float>(absolute, {1, -5, 0}), {0.19999994f, -0.9999997f, 0.0f}));
  CHECK((forward<float>(absolute, {0.25f, -1.0f, NAN}) == std::vector<std::int64_t>{1, -5, 0}));
  const RelativeGrid relative{Type::float32, 0x1.47ad947ae147bp-7, 35};
  CHECK(same(inverse<float>(relative, {5423, 5402, 5449}), {30.154173f, 19.894335f, 50.46261f}));
  CHECK((forward<float>(relative, {30, 20, 50}) == std::vector<std::int64_t>{5423, 5402, 5449}));
}

void whole_numbers() {
  CHECK(same(inverse<std::uint8_t>(IntegerGrid{Type::uint8}, {256, -1, 7}),
             std::vector<std::uint8_t>{0, 255, 7}));
  CHECK(same(inverse<std::int16_t>(IntegerGrid{Type::int16}, {1 << 15, kLeast, kMost}),
             std::vector<std::int16_t>{-32768, 0, -1}));
  CHECK(same(inverse<std::uint8_t>(IntegerGrid{Type::boolean}, {0, 256, kLeast, -1}),
             std::vector<std::uint8_t>{0, 1, 1, 1}));
  CHECK((forward<std::uint64_t>(IntegerGrid{Type::uint64}, {~std::uint64_t{0}, 1}) ==
         std::vector<std::int64_t>{-1, 1}));
  CHECK((forward<std::uint8_t>(IntegerGrid{Type::boolean}, {0, 1, 2, 255}) ==
         std::vector<std::int64_t>{0, 1, 1, 1}));
}

void bits() {
  const std::vector<std::uint32_t> patterns{0, 0x80000000, 0x7f800001, 0xffc01234, 1};
  std::vector<float> x(patterns.size());
  std::memcpy(x.data(), patterns.data(), 4 * x.size());
  const auto codes = forward(BitsGrid{Type::float32}, x);
  CHECK((codes == std::vector<std::int64_t>{0, -1, 0x7f800001, ~std::int64_t{0x7fc01234}, 1}));
  CHECK(same(inverse<float>(BitsGrid{Type::float32}, codes), x));
  CHECK((inverse<float>(BitsGrid{Type::float32}, {std::int64_t{1} << 32}) == std::vector{0.0f}));
}

void ends() {
  const double infinite = std::numeric_limits<double>::infinity();
  const double least = std::numeric_limits<double>::denorm_min();
  for (const std::uint32_t n : {0u, 1u, 2u, 35u, 2048u}) {
    const RelativeGrid grid{Type::float64, 0x1p-10, n};
    CHECK(same(inverse<double>(grid, {kMost, kLeast, std::int64_t{1} << 62}),
               {infinite, -infinite, infinite}));
    const auto codes = forward<double>(grid, {least, -least, 0.0, -0.0, infinite, NAN});
    CHECK(codes[0] == -codes[1] && codes[0] > 0);
    CHECK(codes[2] == 0 && codes[3] == 0 && codes[4] == 0 && codes[5] == 0);
    CHECK(same(inverse<double>(grid, {codes[0], codes[1], 0}), {least, -least, 0.0}));
  }
  // half of the least subnormal is a tie, and goes to zero with the code's sign
  CHECK(same(inverse<float>(RelativeGrid{Type::float32, 0.01, 35}, {1, -1}), {0.0f, -0.0f}));
  CHECK((forward<double>(AbsoluteGrid{Type::float64, 1.0},
                         {0x1p62, -0x1p62, 0x1p61, 2.5, -0.5, infinite}) ==
         std::vector<std::int64_t>{0, 0, std::int64_t{1} << 61, 2, 0, 0}));
  CHECK(same(inverse<float>(AbsoluteGrid{Type::float32, 0x1p1000}, {1, -1, 0}),
             {static_cast<float>(infinite), static_cast<float>(-infinite), 0.0f}));
}

void specials() {
  const SpecialGrid grid{AbsoluteGrid{Type::float32, 0.5}, {-999, -0.0, 0.1f}, {-7, 0, 1}};
  const std::vector<float> x{-999.0f, -0.0f, 0.0f, 0.1f, 0.5f, -4.0f};
  const auto codes = forward(grid, x);
  CHECK((codes == std::vector<std::int64_t>{-7, 0, 3, 1, 4, -8}));
  CHECK(same(inverse<float>(grid, codes), x));
}

void ranks() {
  const std::vector<Table> tables{bits_of({0.5, 10}), bits_of({-1e300, 1.9, 1e300}), {}};
  const RankGrid of_bytes{Type::int8, 0, 1};
  CHECK(same(inverse<std::int8_t>(of_bytes, {kLeast, 1, kMost}, tables),
             std::vector<std::int8_t>{-128, 1, 127}));
  CHECK(same(inverse<std::uint64_t>(RankGrid{Type::uint64, 0, 1}, {0, 1, 2}, tables),
             std::vector<std::uint64_t>{0, 1, 0xfffffffffffff800}));
  CHECK((forward<std::int8_t>(of_bytes, {0, 1, 10, 11}, tables) ==
         std::vector<std::int64_t>{0, 1, 1, 2}));
  CHECK((forward<float>(RankGrid{Type::float32, 0, 1}, {NAN, 0.5f}, tables) ==
         std::vector<std::int64_t>{2, 0}));
  REFUSED(compiled(RankGrid{Type::int8, 0, 2}, tables), corrupt);
  REFUSED(compiled(RankGrid{Type::int8, 0, 3}, tables), corrupt);
  REFUSED(compiled(RankGrid{Type::int8, 3, 0}, tables), corrupt);
  CHECK(same(inverse<std::int8_t>(RankGrid{Type::int8, 0, 0}, {0, 1}, {bits_of({HUGE_VAL, NAN})}),
             std::vector<std::int8_t>{127, -128}));  // plans with such points are refused
}

void divisions() {
  for (std::uint64_t d : {1u, 2u, 3u, 7u, 35u, 2047u, 2048u, 2147483647u}) {
    const grids::Divisor divisor(d);
    for (std::uint64_t q = 0; q * d < (std::uint64_t{1} << 31); q += 1 + q / 2)
      for (const std::uint64_t t : {q * d, q * d + d - 1}) {
        if (t < std::uint64_t{1} << 31)
          CHECK(divisor.narrow(static_cast<std::uint32_t>(t)) == t / d);
        CHECK(divisor.wide(t) == t / d);
      }
  }
  for (std::uint64_t d = 1; d < std::uint64_t{1} << 61; d += 1 + d * 2 / 3)
    for (const std::uint64_t q : {std::uint64_t{1}, (std::uint64_t{1} << 62) / d})
      CHECK(grids::Divisor(d).wide(q * d) == q && grids::Divisor(d).wide(q * d - 1) == q - 1);
}

void refusals() {
  REFUSED(compiled(AbsoluteGrid{Type::float32, 0}), corrupt);
  REFUSED(compiled(AbsoluteGrid{Type::float32, NAN}), corrupt);
  REFUSED(compiled(AbsoluteGrid{Type::int32, 1}), corrupt);
  REFUSED(compiled(RelativeGrid{Type::float32, 0.1, 2049}), corrupt);
  REFUSED(compiled(RelativeGrid{Type::float32, 0x1p-53, 0}), corrupt);
  REFUSED(compiled(IntegerGrid{Type::float32}), corrupt);
  REFUSED(compiled(BitsGrid{Type::uint32}), corrupt);
  REFUSED(compiled(SpecialGrid{AbsoluteGrid{Type::float32, 1}, {}, {}}), corrupt);
  REFUSED(compiled(SpecialGrid{AbsoluteGrid{Type::float32, 1}, {1, 2}, {2, 2}}), corrupt);
  const CompiledGrid grid = compiled(IntegerGrid{Type::int8});
  std::vector<std::int64_t> codes(2);
  std::vector<std::uint8_t> out(2);
  REFUSED(grid.inverse(codes, {Type::int8, out.data(), 1}), argument);
  REFUSED(grid.inverse(codes, {Type::uint8, out.data(), 2}), argument);
  REFUSED(grid.forward({Type::int8, out.data(), 1}, codes), argument);
}

}  // namespace

int main() {
  examples();
  whole_numbers();
  bits();
  ends();
  specials();
  ranks();
  divisions();
  refusals();
}
