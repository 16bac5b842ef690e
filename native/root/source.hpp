// Where the bytes of a file come from, for any number of threads, whatever becomes of the TFile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "span.hpp"

class TFile;

namespace rootae::root {

struct Range {
  std::uint64_t start;
  std::size_t size;
};

// What was read: each range's bytes, in the order that they were asked for.
struct Fetched {
  std::vector<std::uint8_t> memory;
  std::vector<Bytes> parts;
};

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // Reads ranges with as few requests as can be. Throws corrupt where the file ends before, or
  // cannot be read.
  [[nodiscard]] Fetched fetch(Span<const Range> ranges) const;
  [[nodiscard]] std::vector<std::uint8_t> fetch(Range range) const;

 private:
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Reads ascending ranges that do not touch, one behind the other. Returns whether all came.
  [[nodiscard]] virtual bool read(Span<const Range> ranges, std::uint8_t* out) const = 0;
};

// Of a local file: it stays open for as long as this lives.
std::shared_ptr<const Source> local_source(TFile& file);

// Of a file that is used by one thread at a time.
std::shared_ptr<const Source> shared_source(std::shared_ptr<TFile> file,
                                            std::shared_ptr<std::mutex> lock);

}  // namespace rootae::root
