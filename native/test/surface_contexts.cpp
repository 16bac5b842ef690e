// What tests in Python see of networks, features, diagrams and outputs: 0, or an error's kind + 1.
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "contexts/diagram.hpp"
#include "contexts/features.hpp"
#include "contexts/network.hpp"
#include "contexts/outputs.hpp"
#include "error.hpp"

#define SURFACE extern "C" __attribute__((visibility("default")))

namespace {

using rootae::Bytes;
using rootae::Span;
using Codes = Span<const std::int64_t>;

template <class F>
int guarded(F f) noexcept {
  try {
    f();
    return 0;
  } catch (const rootae::Error& error) {
    return static_cast<int>(error.kind()) + 1;
  } catch (const std::bad_alloc&) {
    return static_cast<int>(rootae::ErrorKind::memory) + 1;
  }
}

template <class T>
void run(const rootae::Network& network, const float* x, std::size_t inputs, std::size_t rows,
         double* y) {
  std::vector<const float*> columns;
  for (std::size_t i = 0; i < inputs; ++i) columns.push_back(x + i * rows);
  std::vector<T> outputs(static_cast<std::size_t>(network.outputs()) * rows);
  network.run(Span<const float* const>(columns.data(), columns.size()), rows, Span<T>(outputs));
  for (std::size_t i = 0; i < outputs.size(); ++i) y[i] = static_cast<double>(outputs[i]);
}

// Calls f with a pointer to the type of a name as numpy has it: u1, u2, u4, i8, f4, f8.
template <class F>
void typed(const char* name, void* out, F f) {
  switch (name[0] << 8 | name[1]) {
    case 'u' << 8 | '1': return f(static_cast<std::uint8_t*>(out));
    case 'u' << 8 | '2': return f(static_cast<std::uint16_t*>(out));
    case 'u' << 8 | '4': return f(static_cast<std::uint32_t*>(out));
    case 'i' << 8 | '8': return f(static_cast<std::int64_t*>(out));
    case 'f' << 8 | '4': return f(static_cast<float*>(out));
    default: return f(static_cast<double*>(out));
  }
}

template <class T>
void contexts(const T* outputs, std::size_t rows, Codes location, Codes scale, std::uint16_t* out) {
  const rootae::OutputContexts found(location, scale);
  found.contexts(Span<const T>(outputs, rows), Span<const T>(outputs + rows, rows), out);
}

}  // namespace

SURFACE int network_check(const std::uint8_t* onnx, std::size_t size, int decoder,
                          std::uint64_t* ends) {
  return guarded([&] {
    const auto role = decoder != 0 ? rootae::Role::decoder : rootae::Role::encoder;
    const rootae::Network network(Bytes(onnx, size), role);
    ends[0] = network.inputs();
    ends[1] = network.outputs();
  });
}

// x: shape (inputs, rows); y: shape (outputs, rows).
SURFACE int network_run(const std::uint8_t* onnx, std::size_t size, const float* x,
                        std::size_t inputs, std::size_t rows, double* y) {
  return guarded([&] {
    const rootae::Network network(Bytes(onnx, size));
    if (network.element() == rootae::Element::float32) {
      run<float>(network, x, inputs, rows, y);
    } else {
      run<double>(network, x, inputs, rows, y);
    }
  });
}

SURFACE int feature_edges(const std::int64_t* codes, std::size_t rows, const std::int64_t* edges,
                          std::size_t count, const char* type, void* out) {
  return guarded([&] {
    const Codes q(codes, rows);
    const rootae::EdgeLookup lookup(Codes(edges, count));
    typed(type, out, [&](auto* to) { lookup.look(q, to); });
  });
}

SURFACE int feature_digit(const std::int64_t* codes, std::size_t rows, std::int64_t low,
                          std::uint32_t shift, std::uint32_t top, const char* type, void* out) {
  return guarded([&] {
    const rootae::Digit digit{low, shift, top};
    typed(type, out, [&](auto* to) { rootae::look_at_digit(digit, Codes(codes, rows), to); });
  });
}

SURFACE int feature_raw(const std::int64_t* codes, std::size_t rows, float* out) {
  return guarded([&] { rootae::look_at_raw(Codes(codes, rows), out); });
}

// codes: shape (inputs, rows); edges and tables: one behind the other, of those lengths.
SURFACE int diagram_follow(const std::int64_t* codes, std::size_t inputs, std::size_t rows,
                           const std::int64_t* edges, const std::size_t* edge_counts,
                           const std::int64_t* tables, const std::size_t* table_sizes, int ready,
                           std::uint8_t* out) {
  return guarded([&] {
    std::vector<rootae::EdgeLookup> lookups;
    std::vector<Codes> of;
    std::vector<std::size_t> widths;
    std::vector<std::vector<std::uint8_t>> seen(inputs, std::vector<std::uint8_t>(rows));
    for (std::size_t k = 0; k < inputs; ++k) {
      lookups.emplace_back(Codes(edges, edge_counts[k]));
      widths.push_back(lookups.back().width());
      of.emplace_back(tables, table_sizes[k]);
      edges += edge_counts[k];
      tables += table_sizes[k];
    }
    std::vector<rootae::Seen> looked;
    for (std::size_t k = 0; k < inputs; ++k) {
      const Codes q(codes + k * rows, rows);
      const bool known = ready != 0 && widths[k] <= 256;
      if (known) lookups[k].look(q, seen[k].data());
      looked.push_back({q, &lookups[k], known ? seen[k].data() : nullptr});
    }
    std::vector<std::uint64_t> most;
    for (const Codes& table : of) most.push_back(rootae::highest(table));
    const rootae::DiagramTables diagram(Span<const Codes>(of.data(), of.size()), widths, most);
    diagram.follow(Span<const rootae::Seen>(looked.data(), looked.size()), {out, rows});
  });
}

// outputs: shape (2, rows), of float or, if wide, of double.
SURFACE int output_contexts(const void* outputs, int wide, std::size_t rows,
                            const std::int64_t* location, std::size_t locations,
                            const std::int64_t* scale, std::size_t scales, std::uint16_t* out) {
  return guarded([&] {
    const Codes l(location, locations), s(scale, scales);
    if (wide != 0) return contexts(static_cast<const double*>(outputs), rows, l, s, out);
    contexts(static_cast<const float*>(outputs), rows, l, s, out);
  });
}

SURFACE int output_codes(const float* outputs, std::size_t rows, const std::int64_t* location,
                         std::size_t locations, std::int64_t* out) {
  return guarded([&] {
    const rootae::OutputCodes codes(Codes(location, locations));
    codes.codes(Span<const float>(outputs, rows), out);
  });
}
