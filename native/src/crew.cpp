#include "crew.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace rootae {

namespace {

// Nanoseconds that a thread has to save: starting and waking it takes 20,000 to 50,000.
constexpr std::uint64_t kStart = 100'000;

// Threads that take the first task that is ready, again and again.
class Crew {
 public:
  Crew(const Graph& takes, const Work& work, const Work& done)
      : takes_(takes), work_(work), done_(done), waits_for_(takes.nodes(), 0),
        is_done_(takes.nodes(), 0), first_waiting_(takes.nodes() + 1, 0), limit_(takes.nodes()),
        left_(limit_) {
    note_waiting();
    ready_.reserve(limit_);
    for (Index task = 0; task < limit_; ++task)
      if (waits_for_[task] == 0) ready_.push_back(task);
  }

  void run(unsigned threads) {
    std::vector<std::thread> others;
    others.reserve(threads);
    try {
      while (others.size() + 1 < threads) others.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {  // it goes on with those there are
    } catch (const std::bad_alloc&) {
    }
    serve();
    for (std::thread& other : others) other.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // Turns around what each task takes.
  void note_waiting() {
    const Index count = takes_.nodes();
    for (Index task = 0; task < count; ++task) {
      waits_for_[task] = static_cast<Index>(takes_.of(task).size());
      for (const Index other : takes_.of(task)) ++first_waiting_[other + 1];
    }
    for (Index task = 0; task < count; ++task) first_waiting_[task + 1] += first_waiting_[task];
    waiting_.resize(first_waiting_[count]);
    std::vector<Index> next(first_waiting_.begin(), first_waiting_.end() - 1);
    for (Index task = 0; task < count; ++task)
      for (const Index other : takes_.of(task)) waiting_[next[other]++] = task;
  }

  void serve() noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return !ready_.empty() || left_ == 0; });
      if (left_ == 0) return;
      const Index task = take();
      if (task >= limit_) continue;
      if (!ready_.empty()) changed_.notify_one();
      lock.unlock();
      const std::exception_ptr thrown = attempt(task);
      lock.lock();
      thrown ? fail(task, thrown) : finish(task);
      if (left_ == 0) changed_.notify_all();
    }
  }

  Index take() noexcept {
    std::pop_heap(ready_.begin(), ready_.end(), std::greater<>());
    const Index task = ready_.back();
    ready_.pop_back();
    return task;
  }

  std::exception_ptr attempt(Index task) noexcept {
    try {
      work_(task);
    } catch (...) {
      return std::current_exception();
    }
    const std::lock_guard<std::mutex> lock(telling_);
    done_(task);
    return nullptr;
  }

  void finish(Index task) noexcept {
    is_done_[task] = 1;
    if (task < limit_) --left_;
    for (Index k = first_waiting_[task]; k < first_waiting_[task + 1]; ++k) {
      if (--waits_for_[waiting_[k]] != 0) continue;
      ready_.push_back(waiting_[k]);
      std::push_heap(ready_.begin(), ready_.end(), std::greater<>());
    }
  }

  // Tasks behind this one need not be done, those before it may fail as well.
  void fail(Index task, const std::exception_ptr& thrown) noexcept {
    if (task >= limit_) return;
    for (Index other = task; other < limit_; ++other) left_ -= is_done_[other] == 0 ? 1 : 0;
    limit_ = task;
    failure_ = thrown;
  }

  const Graph& takes_;
  const Work& work_;
  const Work& done_;
  std::mutex telling_;  // not the other, so that nobody waits for it who looks for a task
  std::mutex mutex_;    // of all that follows
  std::condition_variable changed_;
  std::vector<Index> ready_;      // a heap, the first task on top
  std::vector<Index> waits_for_;  // how many, of each task
  std::vector<std::uint8_t> is_done_;
  std::vector<Index> first_waiting_, waiting_;  // for each task, those that wait for it
  Index limit_;  // the first task that failed
  Index left_;   // before it, not done
  std::exception_ptr failure_;
};

}  // namespace

void do_tasks(const Graph& takes, const Work& work, const Work& done, unsigned threads) {
  if (threads > 1) return Crew(takes, work, done).run(threads);
  for (Index task = 0; task < takes.nodes(); ++task) {
    work(task);
    done(task);
  }
}

unsigned worthwhile(const Graph& takes, Span<const std::uint64_t> nanoseconds, unsigned at_most) {
  if (at_most <= 1) return 1;
  std::uint64_t total = 0, longest = 0;
  std::vector<std::uint64_t> ends(nanoseconds.size());
  for (Index task = 0; task < ends.size(); ++task) {
    for (const Index other : takes.of(task)) ends[task] = std::max(ends[task], ends[other]);
    ends[task] += nanoseconds[task];
    longest = std::max(longest, ends[task]);
    total += nanoseconds[task];
  }
  // With n threads it takes no less than the longest chain, and no less than its part of all.
  const auto saved = [&](std::uint64_t n) { return total - std::max(longest, total / n); };
  std::uint64_t threads = 1;
  while (threads < at_most && saved(threads + 1) >= saved(threads) + kStart) ++threads;
  return static_cast<unsigned>(threads);
}

}  // namespace rootae
