// Lanes that are sums of others: nothing of them is stored but the rule. FORMAT.md, section 4.
#pragma once

#include "plan/plan.hpp"
#include "span.hpp"
#include "types.hpp"

namespace rootae {

// Writes the values of a lane that follows from others, shape (rows,).
//   rule: whose terms, in order, `sources` are the values of, escapes included, shape (rows,) each.
//   out: of the lane's own type; may be a piece of the lane, as the sources then are.
// Throws corrupt where a lane of integers follows from floats, or by a coefficient that is not
// whole or beyond 2^53; argument where sources are not as many as terms, or rows differ.
void derive(const Rule& rule, Span<const ConstValues> sources, Values out);

}  // namespace rootae
