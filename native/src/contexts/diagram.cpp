#include "diagram.hpp"

#include <algorithm>
#include <array>

#include "../error.hpp"

namespace rootae {
namespace {

constexpr std::size_t kContexts = 256, kBytes = 256;  // of the last states; of widths of one byte
constexpr std::size_t kNarrow = 1 << 16;              // places that two bytes can tell apart
constexpr std::size_t kRows = 2048;                   // at a time: what stays near the processor
constexpr std::size_t kUnrolled = 8;                  // inputs that are followed row by row

using Inputs = std::array<const std::uint8_t*, kUnrolled>;

// With the number of inputs known to the compiler, their places stay in registers.
//   from: where rows are, or null: at the beginning
template <std::size_t count, class State>
void follow_rows(const Inputs& x, const std::uint16_t* steps, const std::uint16_t* from,
                 std::size_t rows, State* __restrict to) {
  for (std::size_t i = 0; i < rows; ++i) {
    std::uint32_t state = from != nullptr ? from[i] : 0;
    for (std::size_t k = 0; k < count; ++k) state = steps[state + x[k][i]];
    to[i] = static_cast<State>(state);
  }
}

template <class State>
void follow_some(std::size_t count, const Inputs& x, const std::uint16_t* steps,
                 const std::uint16_t* from, std::size_t rows, State* to) {
  switch (count) {
    case 1: return follow_rows<1>(x, steps, from, rows, to);
    case 2: return follow_rows<2>(x, steps, from, rows, to);
    case 3: return follow_rows<3>(x, steps, from, rows, to);
    case 4: return follow_rows<4>(x, steps, from, rows, to);
    case 5: return follow_rows<5>(x, steps, from, rows, to);
    case 6: return follow_rows<6>(x, steps, from, rows, to);
    case 7: return follow_rows<7>(x, steps, from, rows, to);
    default: return follow_rows<8>(x, steps, from, rows, to);
  }
}

}  // namespace

std::uint64_t highest(Span<const std::int64_t> table) noexcept {
  std::uint64_t most = 0;
  for (const std::int64_t next : table) most = std::max(most, static_cast<std::uint64_t>(next));
  return most;
}

DiagramTables::DiagramTables(Span<const Span<const std::int64_t>> tables,
                             Span<const std::size_t> widths, Span<const std::uint64_t> most)
    : tables_(tables.begin(), tables.end()), widths_(widths.begin(), widths.end()) {
  std::size_t states = 1, entries = 0;
  for (std::size_t k = 0; k < tables_.size(); ++k) {
    const Span<const std::int64_t> table = tables_[k];
    const bool fits = !table.empty() && table.size() / widths_[k] >= states;
    hold(fits, "a diagram's table is too small: the codec's plan is damaged");
    hold(most[k] < INT64_MAX, "a diagram has impossible states: the codec's plan is damaged");
    sizes_.push_back(states * widths_[k]);
    entries = std::min(entries + sizes_[k], kNarrow + 1);
    states = static_cast<std::size_t>(most[k]) + 1;
  }
  hold(states <= kContexts && !tables_.empty(),
       "a diagram has too many contexts: the codec's plan is damaged");
  contexts_ = states;
  const bool bytes =
      std::all_of(widths_.begin(), widths_.end(), [](auto width) { return width <= kBytes; });
  if (bytes && entries <= kNarrow) narrow(entries);
}

void DiagramTables::narrow(std::size_t entries) {
  steps_.resize(entries);
  std::size_t from = 0;
  for (std::size_t k = 0; k < tables_.size(); ++k) {
    const std::size_t size = sizes_[k], next = from + size;
    const bool last = k + 1 == tables_.size();
    const std::size_t width = last ? 1 : widths_[k + 1], first = last ? 0 : next;
    const std::int64_t* table = tables_[k].data();
    for (std::size_t i = 0; i < size; ++i) {
      steps_[from + i] = static_cast<std::uint16_t>(static_cast<std::size_t>(table[i]) * width + first);
    }
    from = next;
  }
}

void DiagramTables::follow(Span<const Seen> inputs, Span<std::uint8_t> contexts) const {
  steps_.empty() ? follow_wide(inputs, contexts) : follow_narrow(inputs, contexts);
}

void DiagramTables::follow_narrow(Span<const Seen> inputs, Span<std::uint8_t> contexts) const {
  std::uint8_t seen[kUnrolled][kRows];
  std::uint16_t at[2][kRows];
  for (std::size_t first = 0; first < contexts.size(); first += kRows) {
    const std::size_t rows = std::min(kRows, contexts.size() - first);
    const std::uint16_t* from = nullptr;
    for (std::size_t k = 0; k < inputs.size(); k += kUnrolled) {
      const std::size_t count = std::min(kUnrolled, inputs.size() - k);
      Inputs x{};
      for (std::size_t j = 0; j < count; ++j) {
        const Seen& input = inputs[k + j];
        x[j] = input.ready != nullptr ? input.ready + first : seen[j];
        if (input.ready == nullptr) input.through->look(input.codes.part(first, rows), seen[j]);
      }
      if (k + count == inputs.size()) {
        follow_some(count, x, steps_.data(), from, rows, contexts.data() + first);
      } else {
        std::uint16_t* const to = at[k / kUnrolled % 2];
        follow_some(count, x, steps_.data(), from, rows, to);
        from = to;
      }
    }
  }
}

void DiagramTables::follow_wide(Span<const Seen> inputs, Span<std::uint8_t> contexts) const {
  std::uint32_t seen[kRows];
  std::size_t state[kRows];
  for (std::size_t first = 0; first < contexts.size(); first += kRows) {
    const std::size_t rows = std::min(kRows, contexts.size() - first);
    std::fill(state, state + rows, std::size_t{0});
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const Seen& input = inputs[k];
      if (input.ready != nullptr) {
        std::copy_n(input.ready + first, rows, seen);
      } else {
        input.through->look(input.codes.part(first, rows), seen);
      }
      const std::int64_t* table = tables_[k].data();
      const std::size_t width = widths_[k];
      for (std::size_t i = 0; i < rows; ++i) {
        state[i] = static_cast<std::size_t>(table[state[i] * width + seen[i]]);
      }
    }
    for (std::size_t i = 0; i < rows; ++i) contexts[first + i] = static_cast<std::uint8_t>(state[i]);
  }
}

}  // namespace rootae
