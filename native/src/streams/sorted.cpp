#include "streams/sorted.hpp"

#include <algorithm>
#include <vector>

namespace rootae {

template <class Number, class Context>
void sort_by_context(Span<const Number> numbers, Span<const Context> contexts, unsigned merge,
                     Span<std::uint64_t> counts, Span<Number> out) {
  std::fill(counts.begin(), counts.end(), 0);
  for (const Context context : contexts) ++counts[std::size_t{context} >> merge];
  std::vector<std::size_t> next(counts.size());
  std::size_t first = 0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    next[c] = first;
    first += static_cast<std::size_t>(counts[c]);
  }
  for (std::size_t i = 0; i < numbers.size(); ++i)
    out[next[std::size_t{contexts[i]} >> merge]++] = numbers[i];
}

template void sort_by_context(Span<const std::uint32_t>, Span<const std::uint8_t>, unsigned,
                              Span<std::uint64_t>, Span<std::uint32_t>);
template void sort_by_context(Span<const std::uint32_t>, Span<const std::uint16_t>, unsigned,
                              Span<std::uint64_t>, Span<std::uint32_t>);
template void sort_by_context(Span<const std::uint64_t>, Span<const std::uint8_t>, unsigned,
                              Span<std::uint64_t>, Span<std::uint64_t>);
template void sort_by_context(Span<const std::uint64_t>, Span<const std::uint16_t>, unsigned,
                              Span<std::uint64_t>, Span<std::uint64_t>);

}  // namespace rootae
