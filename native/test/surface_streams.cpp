// Streams, pages, runs and lanes.
#include <algorithm>
#include <cstring>

#include "lane.hpp"
#include "streams/page.hpp"
#include "streams/runs.hpp"
#include "streams/stream.hpp"
#include "surface.hpp"

using namespace rootae;

namespace {

// Of 1, 2 or 4 bytes each.
ContextSpan contexts_at(const void* contexts, std::size_t width, std::size_t rows) {
  if (width == 1) return Span(static_cast<const std::uint8_t*>(contexts), rows);
  if (width == 2) return Span(static_cast<const std::uint16_t*>(contexts), rows);
  return Span(static_cast<const std::uint32_t*>(contexts), rows);
}

}  // namespace

SURFACE int rootae_test_stream(const std::uint8_t* data, std::size_t size, Zstd zstd, std::size_t n,
                               std::int64_t* out) {
  return guarded([&] { decode_stream({data, size}, zstd, {out, n}); });
}

// A body of the kind 1.
SURFACE int rootae_test_page(const std::uint8_t* data, std::size_t size, std::size_t n,
                             std::uint64_t* out) {
  return guarded([&] {
    const auto page = open_page({data, size}, n);
    for (std::size_t i = 0; i < n; i += kBatch) page->next(out + i, std::min(kBatch, n - i));
  });
}

SURFACE int rootae_test_frame(const std::uint8_t* data, std::size_t size, Zstd zstd, std::size_t n,
                              std::uint8_t* out) {
  return guarded([&] {
    const auto bytes = decompress(zstd, {data, size}, n);
    std::copy(bytes.begin(), bytes.end(), out);
  });
}

SURFACE int rootae_test_runs(const std::uint8_t* data, std::size_t size, Zstd zstd,
                             const void* contexts, std::size_t width, std::size_t n,
                             std::int64_t* out) {
  return guarded(
      [&] { decode_runs({data, size}, contexts_at(contexts, width, n), zstd, {out, n}); });
}

// Every pointer but the blob's and the outputs' may be null.
SURFACE int rootae_test_lane(const std::uint8_t* data, std::size_t size, Zstd zstd, int mode,
                             std::size_t rows, int type, int by_bits, const void* contexts,
                             std::size_t width, const std::int64_t* centre,
                             const std::int64_t* predicted, std::int64_t* codes, int* applies,
                             std::size_t* escapes, std::int64_t* escape_rows,
                             std::uint8_t* escape_values) {
  return guarded([&] {
    StoredLane lane{static_cast<std::uint8_t>(mode), {data, size}, rows, static_cast<Type>(type),
                    by_bits != 0, {}, {}, {}};
    if (contexts != nullptr) lane.contexts = contexts_at(contexts, width, rows);
    if (centre != nullptr) lane.centre = Span(centre, rows);
    if (predicted != nullptr) lane.predicted = Span(predicted, rows);
    const DecodedLane found = decode_lane(lane, zstd, {codes, rows});
    *applies = static_cast<int>(found.applies);
    *escapes = found.escapes.rows.size();
    std::copy(found.escapes.rows.begin(), found.escapes.rows.end(), escape_rows);
    std::copy(found.escapes.values.begin(), found.escapes.values.end(), escape_values);
  });
}
