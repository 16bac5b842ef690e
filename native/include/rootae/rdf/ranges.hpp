// Ranges of entries that threads take one after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "rootae/rdf/files.hpp"

namespace rootae::rdf {

using Range = std::pair<unsigned long long, unsigned long long>;

// Returns a range for each block. Where these are few, each is cut into as many parts as there are
// threads, first parts first: so threads begin with different blocks, and end together.
[[nodiscard]] inline std::vector<Range> ranges_of(const Files& files, std::size_t threads,
                                                  const std::optional<Range>& limits) {
  constexpr std::size_t enough = 4;  // ranges a thread
  std::vector<Range> blocks;
  for (const auto& file : files.all())
    for (std::size_t i = 1; i < file.edges.size(); ++i)
      blocks.emplace_back(file.edges[i - 1], file.edges[i]);
  const std::size_t parts = threads > 1 && blocks.size() < enough * threads ? enough * threads : 1;
  std::vector<Range> found;
  for (std::size_t part = 0; part < parts; ++part)
    for (const auto& [first, last] : blocks) {
      auto from = first + (last - first) * part / parts;
      auto to = first + (last - first) * (part + 1) / parts;
      if (limits) {
        from = std::max(from, limits->first);
        to = std::min(to, limits->second);
      }
      if (from < to) found.emplace_back(from, to);
    }
  return found;
}

// Takes what ROOT begins with next off ranges that wait: of one file, where one thread goes through
// them in order. ROOT looks anew where values lie as it begins, and not between: Snapshot would copy
// the last file's values of what ROOT itself reads. Of several threads each begins with each range.
[[nodiscard]] inline std::vector<Range> next_of(std::vector<Range>& waiting, const Files& files,
                                                std::size_t threads) {
  auto end = waiting.end();
  if (threads == 1 && !waiting.empty())
    end = std::find_if(waiting.begin(), waiting.end(), [&](const Range& range) {
      return files.at(range.first) != files.at(waiting.front().first);
    });
  std::vector<Range> found(waiting.begin(), end);
  waiting.erase(waiting.begin(), end);
  return found;
}

}  // namespace rootae::rdf
