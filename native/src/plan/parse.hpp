// A plan from its text. FORMAT.md, section 3.
#pragma once

#include <string_view>

#include "plan/json.hpp"
#include "plan/plan.hpp"

namespace rootae {

// Reads a plan: names, types and ranges of all members; what it points to is for `check`.
// Throws format where it is of another format or has kinds that are not known, corrupt where it is
// no plan.
Plan parse(std::string_view text);

// Parts of it, for `parse`.
Grid parse_grid(const json::Value& value);
Bound parse_bound(const json::Value& value);
Rule parse_rule(const json::Value& value);
Centre parse_centre(const json::Value& value);
Link parse_link(const json::Value& value);
Contexts parse_contexts(const json::Value& value);
Encoder parse_encoder(const json::Value& value);

}  // namespace rootae
