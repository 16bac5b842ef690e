// Passes over lanes as a writer of files sees them.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "check.hpp"
#include "rootae/writer.h"

namespace {

void holds_values_to_bounds() {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x{1.0f, 2.0f, -0.0f, nan, 4.0f}, y{1.0f, 2.5f, 0.0f, nan, 4.25f};
  std::vector<std::uint8_t> wrong(5, 7);
  double largest = 0;
  std::size_t count = 0;
  rootae_error error{};
  CHECK(rootae_deviation(ROOTAE_FLOAT32, ROOTAE_ABSOLUTE, 0.3, x.data(), y.data(), 5, wrong.data(),
                         &largest, &count, &error) == ROOTAE_OK);
  CHECK(largest == 0.5 && count == 2);
  CHECK((wrong == std::vector<std::uint8_t>{0, 1, 1, 0, 0}));
  CHECK(rootae_deviation(ROOTAE_FLOAT32, ROOTAE_RELATIVE, 0.1, x.data(), y.data(), 5, wrong.data(),
                         &largest, &count, &error) == ROOTAE_OK);
  CHECK(largest == 0.25 && count == 2);
  CHECK(rootae_deviation(99, ROOTAE_EXACT, 0, x.data(), y.data(), 5, wrong.data(), &largest, &count,
                         &error) == ROOTAE_ARGUMENT);
  CHECK(rootae_deviation(ROOTAE_INT8, 4, 0, x.data(), y.data(), 5, wrong.data(), &largest, &count,
                         nullptr) == ROOTAE_ARGUMENT);
}

void finds_values_that_occur() {
  const std::vector<std::uint32_t> u{9, 4, 9, 9, 70000};
  std::vector<std::uint32_t> values(3), counts(3), places(5);
  std::size_t count = 0;
  CHECK(rootae_distinct(u.data(), 4, 5, 3, values.data(), counts.data(), places.data(), &count,
                        nullptr) == ROOTAE_OK);
  CHECK(count == 3);
  CHECK((values == std::vector<std::uint32_t>{4, 9, 70000}));
  CHECK((counts == std::vector<std::uint32_t>{1, 3, 1}));
  CHECK((places == std::vector<std::uint32_t>{1, 0, 1, 1, 2}));
  CHECK(rootae_distinct(u.data(), 4, 5, 2, values.data(), counts.data(), places.data(), &count,
                        nullptr) == ROOTAE_OK);
  CHECK(count == 3);  // more than there is room for
  CHECK(rootae_distinct(u.data(), 1, 5, 3, values.data(), counts.data(), places.data(), &count,
                        nullptr) == ROOTAE_ARGUMENT);
}

void sorts_by_context() {
  const std::vector<std::int32_t> q{5, 80, 6, 81, 7};
  const std::vector<std::uint8_t> contexts{0, 3, 1, 2, 0};
  std::vector<std::int32_t> out(5);
  std::vector<std::uint64_t> counts(128);
  CHECK(rootae_sort_by_context(q.data(), 4, contexts.data(), 1, 1, 5, out.data(), counts.data(),
                               nullptr) == ROOTAE_OK);
  CHECK((out == std::vector<std::int32_t>{5, 6, 7, 80, 81}));
  CHECK(counts[0] == 3 && counts[1] == 2 && counts[2] == 0);
  CHECK(rootae_sort_by_context(q.data(), 4, contexts.data(), 1, 9, 5, out.data(), counts.data(),
                               nullptr) == ROOTAE_ARGUMENT);
  CHECK(rootae_sort_by_context(q.data(), 4, contexts.data(), 4, 0, 5, out.data(), counts.data(),
                               nullptr) == ROOTAE_ARGUMENT);
}

}  // namespace

int main() {
  holds_values_to_bounds();
  finds_values_that_occur();
  sorts_by_context();
}
