#include "grids/grid.hpp"

#include <type_traits>

#include "error.hpp"

namespace rootae {

namespace {

void fit(bool right) {
  if (!right) throw Error(ErrorKind::argument, "codes and values of a grid do not fit together");
}

}  // namespace

CompiledGrid::CompiledGrid(const Grid& grid, const std::vector<Table>& tables,
                           grids::Octaves& octaves)
    : kind_(compiled(grid, tables, octaves)) {}

CompiledGrid::Kind CompiledGrid::compiled(const Grid& grid, const std::vector<Table>& tables,
                                          grids::Octaves& octaves) {
  return std::visit(
      [&](const auto& planned) -> Kind {
        using Planned = std::decay_t<decltype(planned)>;
        if constexpr (std::is_same_v<Planned, IntegerGrid>) {
          return grids::Integer(planned);
        } else if constexpr (std::is_same_v<Planned, BitsGrid>) {
          return grids::Bits(planned);
        } else if constexpr (std::is_same_v<Planned, AbsoluteGrid>) {
          return grids::Absolute(planned);
        } else if constexpr (std::is_same_v<Planned, RelativeGrid>) {
          return grids::Relative(planned, octaves);
        } else if constexpr (std::is_same_v<Planned, RankGrid>) {
          return grids::Rank(planned, tables);
        } else {
          return grids::Special(planned, octaves);
        }
      },
      grid);
}

Type CompiledGrid::type() const noexcept {
  return std::visit([](const auto& kind) { return kind.type(); }, kind_);
}

void CompiledGrid::inverse(Span<const std::int64_t> codes, Values out) const {
  fit(out.type == type() && out.rows == codes.size());
  std::visit([&](const auto& kind) { kind.inverse(codes, out); }, kind_);
}

void CompiledGrid::inverse(Span<const std::int32_t> codes, Values out) const {
  fit(out.type == type() && out.rows == codes.size());
  std::visit([&](const auto& kind) { kind.inverse(codes, out); }, kind_);
}

void CompiledGrid::forward(ConstValues in, Span<std::int64_t> codes) const {
  fit(in.type == type() && in.rows == codes.size());
  std::visit([&](const auto& kind) { kind.forward(in, codes); }, kind_);
}

}  // namespace rootae
