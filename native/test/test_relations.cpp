// Rules, centres and links: small cases by hand, and what is refused.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "arithmetic.hpp"
#include "check.hpp"
#include "error.hpp"
#include "kinematics.hpp"
#include "relations/centre.hpp"
#include "relations/derived.hpp"
#include "relations/link.hpp"

using namespace rootae;

namespace {

template <class T>
ConstValues lane(Type type, const std::vector<T>& values) {
  return {type, reinterpret_cast<const std::uint8_t*>(values.data()), values.size()};
}

template <class T>
Values room(Type type, std::vector<T>& values) {
  return {type, reinterpret_cast<std::uint8_t*>(values.data()), values.size()};
}

void rules() {
  const std::vector<float> x{1.5f, 2.5f};
  const std::vector<std::uint8_t> flags{0, 200};
  const std::vector<ConstValues> sources{lane(Type::float32, x), lane(Type::boolean, flags)};
  std::vector<double> sum(2);
  derive({{{0, 2.0}, {1, -1.0}}}, sources, room(Type::float64, sum));
  CHECK((sum == std::vector<double>{3.0, 4.0}));

  const std::vector<std::uint64_t> large{std::uint64_t{1} << 63, 3};
  const std::vector<ConstValues> wide{lane(Type::uint64, large)};
  std::vector<std::int8_t> bytes(2);
  derive({{{0, 2.0}}}, wide, room(Type::int8, bytes));
  CHECK((bytes == std::vector<std::int8_t>{0, 6}));
  derive({{{0, -0.0}}}, wide, room(Type::boolean, bytes));
  CHECK((bytes == std::vector<std::int8_t>{0, 0}));

  REFUSED(derive({{{0, 0.5}}}, wide, room(Type::int8, bytes)), corrupt);
  REFUSED(derive({{{0, 0x1p54}}}, wide, room(Type::int8, bytes)), corrupt);
  REFUSED(derive({{{0, 1.0}, {1, 1.0}}}, sources, room(Type::int8, bytes)), corrupt);
  REFUSED(derive({{{0, 1.0}}}, sources, room(Type::int8, bytes)), argument);
  bytes.resize(1);
  REFUSED(derive({{{0, 2.0}}}, wide, room(Type::int8, bytes)), argument);
}

void centres() {
  grids::Octaves octaves;
  const CompiledGrid whole(IntegerGrid{Type::int8}, {}, octaves);
  const std::vector<double> x{1, 3, 5, -1, 600, NAN, -HUGE_VAL};
  const std::vector<ConstValues> seen{lane(Type::float64, x)};
  std::vector<std::int64_t> codes(x.size());
  centre_codes({{{TermKind::lane, {0}, 0.5}}, false, -100, 1000}, seen, whole, codes);
  CHECK((codes == std::vector<std::int64_t>{0, 2, 2, 0, 127, 0, 0}));
  centre_codes({{{TermKind::lane, {0}, -1.0}, {TermKind::one, {}, 30.0}}, true, 1, 9}, seen, whole,
               codes);
  CHECK((codes == std::vector<std::int64_t>{5, 5, 2, 5, 1, 1, 1}));

  REFUSED(centre_codes({{{TermKind::lane, {1}, 1}}, false, 0, 9}, seen, whole, codes), corrupt);
  REFUSED(centre_codes({{{TermKind::lane, {}, 1}}, false, 0, 9}, seen, whole, codes), corrupt);
  REFUSED(centre_codes({{{TermKind::one, {0}, 1}}, false, 0, 9}, seen, whole, codes), corrupt);
  REFUSED(centre_codes({{{TermKind::px, {0, 0, 0}, 1}}, false, 0, 9}, seen, whole, codes), corrupt);
  const std::vector<Table> tables{{0}};
  const CompiledGrid rank(RankGrid{Type::int8, 0, 0}, tables, octaves);
  REFUSED(centre_codes({{{TermKind::lane, {0}, 1}}, false, 0, 9}, seen, rank, codes), corrupt);
  codes.pop_back();
  REFUSED(centre_codes({{{TermKind::lane, {0}, 1}}, false, 0, 9}, seen, whole, codes), argument);
}

// In 32 bits, and as they are of another collection.
void narrow_centres() {
  grids::Octaves octaves;
  const CompiledGrid bits(BitsGrid{Type::float32}, {}, octaves);
  const std::vector<float> x{1.5F, -2.0F, -0.0F, NAN, HUGE_VALF, -HUGE_VALF, 1e-45F, 3e38F};
  const std::vector<ConstValues> seen{lane(Type::float32, x)};
  const Centre copy{{{TermKind::lane, {0}, 1}}, false, INT32_MIN, 0x7F000000};
  const Centre sum{{{TermKind::lane, {0}, 1}, {TermKind::one, {}, 0}}, false, copy.low, copy.high};
  std::vector<std::int64_t> wide(x.size()), other(x.size());
  std::vector<std::int32_t> narrow(x.size());
  centre_codes(copy, seen, bits, wide);
  centre_codes(sum, seen, bits, other);
  CHECK(wide == other && wide[2] == 0 && wide[4] == 0 && wide[7] == 0x7F000000);
  centre_codes(copy, seen, bits, narrow);
  CHECK(std::equal(wide.begin(), wide.end(), narrow.begin()));
  const Centre far{{{TermKind::lane, {0}, 1}}, false, 0, std::int64_t{1} << 31};
  CHECK(is_narrow(copy) && !is_narrow(far));
  REFUSED(centre_codes(far, seen, bits, narrow), argument);
}

void four_vectors() {
  const std::vector<double> pt{30}, eta{2}, phi{0.1}, mass{0.5};
  const FourVectors v{pt.data(), eta.data(), phi.data(), mass.data()};
  double found = 0;
  component(TermKind::px, v, 1, &found);
  CHECK(std::fabs(found / (30 * std::cos(0.1)) - 1) < 1e-14);
  component(TermKind::pz, v, 1, &found);
  CHECK(std::fabs(found / (30 * std::sinh(2.0)) - 1) < 1e-14);
  component(TermKind::energy, v, 1, &found);
  CHECK(std::fabs(found / std::hypot(30 * std::cosh(2.0), 0.5) - 1) < 1e-14);
  const double odd[] = {0.0, -0.0, NAN, HUGE_VAL, 1001};
  double cosine[5], sine[5], e[5];
  cosine_sine(odd, 5, cosine, sine);
  exponential(odd, 4, e);
  for (int i = 0; i < 5; ++i) CHECK(cosine[i] == 1 && sine[i] == 0 && !std::signbit(sine[i]));
  for (int i = 0; i < 4; ++i) CHECK(e[i] == 1);
}

void links() {
  const std::vector<std::int32_t> by{0, -1, 1, 2};
  const std::vector<std::int64_t> mine{2, 2}, theirs{1, 2}, other{1, 3};
  const Places places(lane(Type::int32, by), mine, theirs);
  const std::vector<float> values{5, 6, 7};
  std::vector<float> seen(4);
  places.follow(lane(Type::float32, values), room(Type::float32, seen));
  CHECK((seen == std::vector<float>{5, 0, 7, 0}));

  const std::vector<float> fewer{5, 6};
  REFUSED(places.follow(lane(Type::float32, fewer), room(Type::float32, seen)), corrupt);
  REFUSED(places.follow(lane(Type::float32, values), room(Type::int32, seen)), argument);
  const auto refuse = [&](std::vector<std::int64_t> own, std::vector<std::int64_t> others) {
    REFUSED(Places(lane(Type::int32, by), own, others), corrupt);
  };
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  refuse({2}, {1});
  refuse({2, 2}, {1});
  refuse({2, 3}, {1, 1});
  refuse({5, -1}, {1, 1});
  refuse({2, 2}, {3, -1});
  refuse({most, most}, {1, 1});
  refuse({2, 2}, {1, most});
  REFUSED(Places(lane(Type::float32, values), other, other), corrupt);

  const std::vector<std::int64_t> nothing{0, 0};
  const Places empty(lane(Type::int32, by), mine, nothing);
  empty.follow({Type::float32, nullptr, 0}, room(Type::float32, seen));
  CHECK((seen == std::vector<float>{0, 0, 0, 0}));
}

}  // namespace

int main() {
  rules();
  centres();
  narrow_centres();
  four_vectors();
  links();
}
