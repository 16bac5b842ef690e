// Tasks that wait for one another, done by several threads.
#pragma once

#include <cstdint>
#include <functional>

#include "plan/graph.hpp"
#include "plan/plan.hpp"
#include "span.hpp"

namespace rootae {

using Work = std::function<void(Index task)>;

// Does tasks 0, 1, ..., each after those that it takes, by the caller's thread and by others, which
// are gone as it returns; if no more can be started it goes on with those there are.
//   takes: of each task, some before it
//   work: does a task; called by several threads at a time
//   done: told of each task that is over, one at a time, by whatever thread; it must not throw
// Throws what the first task throws of those that throw, for any number of threads the same; tasks
// behind it may be left undone.
void do_tasks(const Graph& takes, const Work& work, const Work& done, unsigned threads);

// Returns how many threads, at most, are worth their start, at least 1.
//   nanoseconds: of each task, about
[[nodiscard]] unsigned worthwhile(const Graph& takes, Span<const std::uint64_t> nanoseconds,
                                  unsigned at_most);

}  // namespace rootae
