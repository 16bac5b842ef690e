#include "source.hpp"

#include <TFile.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <numeric>
#include <utility>

#include "error.hpp"

namespace rootae::root {
namespace {

constexpr std::uint64_t kGap = 4096;  // bytes that are read rather than asking once more
constexpr std::size_t kMost = INT_MAX;

class LocalSource : public Source {
 public:
  explicit LocalSource(int descriptor) : descriptor_(descriptor) {
    struct stat found;
    if (fstat(descriptor_, &found) == 0) size_ = static_cast<std::uint64_t>(found.st_size);
  }
  LocalSource(const LocalSource&) = delete;
  LocalSource& operator=(const LocalSource&) = delete;
  ~LocalSource() override { close(descriptor_); }

 private:
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] bool read(Span<const Range> ranges, std::uint8_t* out) const override {
    for (const Range& range : ranges)
      for (std::size_t done = 0; done < range.size;) {
        const auto at = static_cast<off_t>(range.start + done);
        const ssize_t got = pread(descriptor_, out, range.size - done, at);
        if (got <= 0) return false;
        done += static_cast<std::size_t>(got);
        out += got;
      }
    return true;
  }

  int descriptor_;
  std::uint64_t size_ = 0;
};

class SharedSource : public Source {
 public:
  SharedSource(std::shared_ptr<TFile> file, std::shared_ptr<std::mutex> lock)
      : file_(std::move(file)), lock_(std::move(lock)) {}

 private:
  [[nodiscard]] std::uint64_t size() const override {
    return static_cast<std::uint64_t>(std::max<Long64_t>(file_->GetEND(), 0));
  }
  [[nodiscard]] bool read(Span<const Range> ranges, std::uint8_t* out) const override {
    std::vector<Long64_t> starts;
    std::vector<Int_t> sizes;
    for (const Range& range : ranges) {
      starts.push_back(static_cast<Long64_t>(range.start));
      sizes.push_back(static_cast<Int_t>(range.size));
    }
    const std::lock_guard<std::mutex> locked(*lock_);
    return !file_->ReadBuffers(reinterpret_cast<char*>(out), starts.data(), sizes.data(),
                               static_cast<Int_t>(starts.size()));
  }

  std::shared_ptr<TFile> file_;
  std::shared_ptr<std::mutex> lock_;
};

// Ranges that are read at one go, and where in them each of those lies that were asked for.
struct Merged {
  std::vector<Range> ranges;
  std::vector<std::size_t> places;
  std::size_t size = 0;
};

Merged merged(Span<const Range> wanted) {
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return wanted[a].start < wanted[b].start; });
  Merged found;
  found.places.resize(wanted.size());
  for (const std::size_t i : order) {
    const Range& next = wanted[i];
    Range* last = found.ranges.empty() ? nullptr : &found.ranges.back();
    const std::uint64_t end = last == nullptr ? 0 : last->start + last->size;
    if (last == nullptr || next.start > end + kGap || next.size > kMost - last->size - kGap) {
      found.places[i] = found.size;
      found.ranges.push_back(next);
      found.size += next.size;
      continue;
    }
    found.places[i] = found.size - static_cast<std::size_t>(end - next.start);
    const std::uint64_t more = std::max(next.start + next.size, end) - end;
    last->size += static_cast<std::size_t>(more);
    found.size += static_cast<std::size_t>(more);
  }
  return found;
}

}  // namespace

Fetched Source::fetch(Span<const Range> ranges) const {
  const std::uint64_t end = size();
  for (const Range& range : ranges)
    hold(range.size <= end && range.start <= end - range.size && range.size <= kMost,
         "the file ends early: it is damaged");
  const Merged together = merged(ranges);
  Fetched found;
  found.memory.resize(together.size);
  if (!together.ranges.empty() && together.size != 0)
    hold(read(together.ranges, found.memory.data()), "the file cannot be read");
  for (std::size_t i = 0; i < ranges.size(); ++i)
    found.parts.emplace_back(found.memory.data() + together.places[i], ranges[i].size);
  return found;
}

std::vector<std::uint8_t> Source::fetch(Range range) const {
  return fetch(Span<const Range>(&range, 1)).memory;
}

std::shared_ptr<const Source> local_source(TFile& file) {
  const int descriptor = fcntl(file.GetFd(), F_DUPFD_CLOEXEC, 0);
  hold(descriptor >= 0, "the file cannot be kept open");
  return std::make_shared<LocalSource>(descriptor);
}

std::shared_ptr<const Source> shared_source(std::shared_ptr<TFile> file,
                                            std::shared_ptr<std::mutex> lock) {
  return std::make_shared<SharedSource>(std::move(file), std::move(lock));
}

}  // namespace rootae::root
