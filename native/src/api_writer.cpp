// The C ABI of what a writer asks.
#include "rootae/writer.h"

#include <limits>

#include "deviation.hpp"
#include "error.hpp"
#include "guarded.hpp"
#include "streams/distinct.hpp"
#include "streams/sorted.hpp"

namespace {

using namespace rootae;

static_assert(ROOTAE_UNBOUNDED == static_cast<int>(BoundKind::none));

constexpr unsigned kMergedAtMost = 8;  // bits

void require(bool right, const char* otherwise) {
  if (!right) throw Error(ErrorKind::argument, otherwise);
}

[[nodiscard]] ConstValues values_of(int type, const void* data, std::size_t rows) noexcept {
  return {static_cast<Type>(type), static_cast<const std::uint8_t*>(data), rows};
}

template <class U>
[[nodiscard]] std::size_t distinct_of(const void* numbers, std::size_t rows, std::size_t most,
                                      void* values, std::uint32_t* counts, std::uint32_t* places) {
  return distinct<U>({static_cast<const U*>(numbers), rows}, {static_cast<U*>(values), most},
                     {counts, most}, {places, rows});
}

template <class Number, class Context>
void sort(const void* numbers, const void* contexts, unsigned merge, std::size_t rows, void* out,
          std::uint64_t* counts) {
  const std::size_t all = (std::size_t{1} << 8 * sizeof(Context)) >> merge;
  sort_by_context<Number, Context>({static_cast<const Number*>(numbers), rows},
                                   {static_cast<const Context*>(contexts), rows}, merge,
                                   {counts, all}, {static_cast<Number*>(out), rows});
}

}  // namespace

int rootae_deviation(int type, int bound, double error, const void* original, const void* returned,
                     size_t rows, uint8_t* wrong, double* largest, size_t* count,
                     rootae_error* out_error) {
  return guarded(out_error, [&] {
    require(type >= 0 && type <= ROOTAE_FLOAT64, "values are of an unknown type");
    require(bound >= ROOTAE_EXACT && bound <= ROOTAE_UNBOUNDED, "a bound is of an unknown kind");
    const Deviation found = deviation(values_of(type, original, rows),
                                      values_of(type, returned, rows),
                                      static_cast<BoundKind>(bound), error, wrong);
    *largest = found.largest;
    *count = found.wrong;
  });
}

int rootae_distinct(const void* numbers, size_t width, size_t rows, size_t most, void* values,
                    uint32_t* counts, uint32_t* places, size_t* count, rootae_error* out_error) {
  return guarded(out_error, [&] {
    require(rows < std::numeric_limits<std::uint32_t>::max(), "there are too many numbers");
    require(width == 2 || width == 4 || width == 8, "numbers are of another width");
    const auto found = width == 2   ? distinct_of<std::uint16_t>
                       : width == 4 ? distinct_of<std::uint32_t>
                                    : distinct_of<std::uint64_t>;
    *count = found(numbers, rows, most, values, counts, places);
  });
}

int rootae_sort_by_context(const void* numbers, size_t width, const void* contexts,
                           size_t context_width, unsigned merge, size_t rows, void* out,
                           uint64_t* counts, rootae_error* out_error) {
  return guarded(out_error, [&] {
    require(width == 4 || width == 8, "numbers are of another width");
    require(context_width == 1 || context_width == 2, "contexts are of another width");
    require(merge <= kMergedAtMost, "contexts are merged by too many bits");
    const auto sorted = width == 4 ? context_width == 1 ? sort<std::uint32_t, std::uint8_t>
                                                        : sort<std::uint32_t, std::uint16_t>
                        : context_width == 1 ? sort<std::uint64_t, std::uint8_t>
                                             : sort<std::uint64_t, std::uint16_t>;
    sorted(numbers, contexts, merge, rows, out, counts);
  });
}
