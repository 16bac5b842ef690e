// The C ABI of blocks on their way to bytes: nothing is thrown across it.
#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "drafts.hpp"
#include "guarded.hpp"
#include "handles.hpp"
#include "rootae/writer.h"

struct rootae_draft {
  rootae_draft(std::shared_ptr<const rootae::Codec> of, const rootae::CompiledTree& tree,
               rootae::Span<const std::uint64_t> rows)
      : codec(std::move(of)), drafts(tree, rows, codec->memories()) {}
  std::shared_ptr<const rootae::Codec> codec;  // before the drafts, which look at it
  rootae::Drafts drafts;
};

namespace {

using namespace rootae;

Drafts& drafts_of(rootae_draft* draft, std::uint32_t lane) {
  Drafts& found = given(draft).drafts;
  require(lane < found.lanes(), "there is no such lane in the tree");
  return found;
}

ConstValues values_of(const Drafts& drafts, std::uint32_t lane, const void* values,
                      std::size_t size) {
  const Type type = drafts.type_of(lane);
  const std::size_t rows = drafts.rows_of(lane);
  require(size == rows * size_of(type), "a lane's values are of another size");
  return {type, given(static_cast<const std::uint8_t*>(values), size).data(), rows};
}

Bound bound_of(int kind, double error) {
  require(kind >= ROOTAE_EXACT && kind <= ROOTAE_UNBOUNDED, "a bound is of an unknown kind");
  return {static_cast<BoundKind>(kind), error};
}

}  // namespace

int rootae_draft_open(const rootae_codec* codec, std::uint32_t tree, const std::uint64_t* rows,
                      std::size_t groups, rootae_draft** draft, rootae_error* error) {
  return guarded(error, [&] {
    const CompiledTree& of = tree_of(codec, tree);
    rootae_draft*& into = given(draft);
    into = std::make_unique<rootae_draft>(codec->codec, of, given(rows, groups)).release();
  });
}

void rootae_draft_close(rootae_draft* draft) { const std::unique_ptr<rootae_draft> owned(draft); }

int rootae_draft_count(rootae_draft* draft, std::uint32_t lane, const void* values,
                       std::size_t size, rootae_error* error) {
  return guarded(error, [&] {
    Drafts& of = drafts_of(draft, lane);
    of.count(lane, values_of(of, lane, values, size));
  });
}

int rootae_draft_latents(rootae_draft* draft, std::uint32_t group, const std::int64_t* latents,
                         std::size_t count, rootae_error* error) {
  return guarded(error, [&] {
    Drafts& of = given(draft).drafts;
    require(group < of.groups(), "there is no such group in the tree");
    of.latents(group, given(latents, count));
  });
}

int rootae_draft_contexts(rootae_draft* draft, std::uint32_t lane, void* contexts, std::size_t size,
                          std::size_t* width, rootae_error* error) {
  return guarded(error, [&] {
    const ContextSpan found = drafts_of(draft, lane).contexts(lane);
    std::visit(
        [&](const auto& some) {
          using Context = std::decay_t<decltype(*some.data())>;
          require(size / sizeof(Context) >= some.size(), "too little memory is given for contexts");
          auto* const out = static_cast<Context*>(contexts);
          std::copy(some.begin(), some.end(), given(out, some.size()).begin());
          given(width) = sizeof(Context);
        },
        found);
  });
}

int rootae_draft_centre(rootae_draft* draft, std::uint32_t lane, std::int64_t* centre,
                        std::size_t count, rootae_error* error) {
  return guarded(error, [&] {
    const CodeSpan found = drafts_of(draft, lane).centre(lane);
    require(count == found.size(), "memory is given for another number of codes");
    const Span<std::int64_t> into = given(centre, count);
    found.visit([&](auto codes) { std::copy(codes.begin(), codes.end(), into.begin()); });
  });
}

int rootae_draft_codes(rootae_draft* draft, std::uint32_t lane, const void* values,
                       std::size_t size, std::size_t rows, std::int64_t* codes,
                       rootae_error* error) {
  return guarded(error, [&] {
    const Drafts& of = drafts_of(draft, lane);
    const ConstValues some = values_of(of, lane, values, size);
    require(rows == some.rows, "a lane has another number of rows than its group");
    of.codes(lane, some, given(codes, rows));
  });
}

int rootae_draft_put(rootae_draft* draft, std::uint32_t lane, int bound, double error,
                     const void* values, std::size_t size, std::size_t rows, std::int64_t* codes,
                     std::uint8_t* wrong, std::size_t* count, rootae_error* out_error) {
  return guarded(out_error, [&] {
    Drafts& of = drafts_of(draft, lane);
    const ConstValues some = values_of(of, lane, values, size);
    require(rows == some.rows, "a lane has another number of rows than its group");
    given(count) = of.put(lane, some, bound_of(bound, error), given(codes, rows),
                          given(wrong, rows).data());
  });
}

int rootae_draft_derive(rootae_draft* draft, std::uint32_t lane, int bound, double error,
                        const void* values, std::size_t size, std::size_t rows,
                        std::uint8_t* wrong, std::size_t* count, rootae_error* out_error) {
  return guarded(out_error, [&] {
    Drafts& of = drafts_of(draft, lane);
    const ConstValues some = values_of(of, lane, values, size);
    require(rows == some.rows, "a lane has another number of rows than its group");
    given(count) = of.derive(lane, some, bound_of(bound, error), given(wrong, rows).data());
  });
}

int rootae_draft_bits(rootae_draft* draft, std::uint32_t lane, const void* values,
                      std::size_t size, rootae_error* error) {
  return guarded(error, [&] {
    Drafts& of = drafts_of(draft, lane);
    of.put_bits(lane, values_of(of, lane, values, size));
  });
}
