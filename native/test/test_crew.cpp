// Tasks by one thread and by several: each after what it takes, and the first error is the one.
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "crew.hpp"
#include "error.hpp"

namespace {

using rootae::do_tasks;
using rootae::Graph;
using rootae::Index;

constexpr unsigned kThreads[] = {1, 2, 5};
constexpr Index kTasks = 200;

// Each takes up to four of the twenty before it, some twice.
Graph some_tasks(unsigned seed) {
  std::minstd_rand random(seed);
  Graph takes;
  for (Index task = 0; task < kTasks; ++task) {
    for (unsigned k = static_cast<unsigned>(random() % 5); task > 0 && k > 0; --k)
      takes.lead(task - 1 - static_cast<Index>(random() % std::min<Index>(task, 20)));
    takes.close_node();
  }
  return takes;
}

void each_is_done_once_after_what_it_takes() {
  for (unsigned round = 0; round < 100; ++round) {
    const Graph takes = some_tasks(round);
    for (const unsigned threads : kThreads) {
      std::vector<int> done(kTasks, 0), told(kTasks, 0);
      int under_way = 0, most = 0;  // of those that are told of one at a time
      const auto work = [&](Index task) {
        for (const Index other : takes.of(task)) CHECK(done[other] == 1);
        ++done[task];
      };
      const auto tell = [&](Index task) {
        most = std::max(most, ++under_way);
        CHECK(done[task] == 1);
        ++told[task];
        --under_way;
      };
      do_tasks(takes, work, tell, threads);
      CHECK(done == std::vector<int>(kTasks, 1) && told == done && most == 1);
    }
  }
}

void the_first_error_is_thrown() {
  for (unsigned round = 0; round < 100; ++round) {
    const Graph takes = some_tasks(round);
    std::minstd_rand random(round);
    std::vector<std::uint8_t> fails(kTasks, 0);
    for (unsigned k = 0; k <= round % 7; ++k) fails[random() % kTasks] = 1;
    Index first = 0;
    while (fails[first] == 0) ++first;
    for (const unsigned threads : kThreads) {
      std::string found;
      std::atomic<Index> after{0};
      try {
        do_tasks(takes, [&](Index task) {
          if (fails[task] != 0) rootae::corrupt(std::to_string(task));
          if (task > first) ++after;
        }, [](Index) {}, threads);
      } catch (const rootae::Error& error) {
        found = error.what();
      }
      CHECK(found == std::to_string(first));
      CHECK(threads > 1 || after == 0);
    }
  }
}

void no_other_thread_where_one_is_asked_for() {
  const std::thread::id own = std::this_thread::get_id();
  const auto is_own = [&](Index) { CHECK(std::this_thread::get_id() == own); };
  do_tasks(some_tasks(0), is_own, is_own, 1);
  do_tasks(Graph(), is_own, is_own, 5);
}

void threads_are_started_where_they_save_something() {
  Graph chain, apart;
  for (Index task = 0; task < 8; ++task) {
    if (task > 0) chain.lead(task - 1);
    chain.close_node();
    apart.close_node();
  }
  const std::vector<std::uint64_t> little(8, 1000), much(8, 10'000'000);
  CHECK(rootae::worthwhile(apart, little, 8) == 1);
  CHECK(rootae::worthwhile(apart, much, 8) == 8);
  CHECK(rootae::worthwhile(apart, much, 3) == 3);
  CHECK(rootae::worthwhile(apart, much, 0xFFFFFFFF) == 8);
  CHECK(rootae::worthwhile(apart, much, 1) == 1);
  CHECK(rootae::worthwhile(chain, much, 8) == 1);
  CHECK(rootae::worthwhile(Graph(), {}, 8) == 1);
}

}  // namespace

int main() {
  each_is_done_once_after_what_it_takes();
  the_first_error_is_thrown();
  no_other_thread_where_one_is_asked_for();
  threads_are_started_where_they_save_something();
}
