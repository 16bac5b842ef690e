// Which of many things has a name. Names come from strangers: no hashes that they could fill.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/plan.hpp"

namespace rootae {

// Numbers by name. The names are looked at, not kept: they have to stay where they are.
class Names {
 public:
  Names() = default;
  // Of things with a member `name`, in order.
  template <class T>
  explicit Names(const std::vector<T>& of) {
    sorted_.reserve(of.size());
    for (const T& one : of) sorted_.emplace_back(one.name, static_cast<Index>(sorted_.size()));
    std::sort(sorted_.begin(), sorted_.end());
  }
  [[nodiscard]] std::optional<Index> find(std::string_view name) const {
    const auto at = std::lower_bound(
        sorted_.begin(), sorted_.end(), name,
        [](const auto& one, std::string_view wanted) { return one.first < wanted; });
    if (at == sorted_.end() || at->first != name) return std::nullopt;
    return at->second;
  }
  // Whether two have one name.
  [[nodiscard]] bool repeat() const {
    return std::adjacent_find(sorted_.begin(), sorted_.end(), [](const auto& a, const auto& b) {
             return a.first == b.first;
           }) != sorted_.end();
  }

 private:
  std::vector<std::pair<std::string_view, Index>> sorted_;
};

}  // namespace rootae
