// Floats as a plan writes them: hexadecimal, each in one way only. FORMAT.md, section 3.
#pragma once

#include <optional>
#include <string_view>

namespace rootae {

// Returns the float64, nothing where the text is none.
std::optional<double> from_hexadecimal(std::string_view text);

}  // namespace rootae
