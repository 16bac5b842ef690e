// Numbers sorted by their context, as FORMAT.md's runs hold them: what `Runs` undoes.
#pragma once

#include <cstdint>

#include "span.hpp"

namespace rootae {

// Counts the contexts, their low `merge` bits dropped, and writes the numbers sorted by them; those
// of one context stay in their order. `counts` has an entry for each context that there may be.
template <class Number, class Context>
void sort_by_context(Span<const Number> numbers, Span<const Context> contexts, unsigned merge,
                     Span<std::uint64_t> counts, Span<Number> out);

}  // namespace rootae
