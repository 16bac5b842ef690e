// The C ABI of grids by themselves: nothing is thrown across it.
#include <memory>
#include <string_view>
#include <vector>

#include "grids/grid.hpp"
#include "guarded.hpp"
#include "handles.hpp"
#include "plan/json.hpp"
#include "plan/parse.hpp"
#include "rootae/writer.h"

struct rootae_grid {
  explicit rootae_grid(const rootae::Grid& plan) : grid(plan, tables, octaves) {}
  std::vector<rootae::Table> tables;  // none
  rootae::grids::Octaves octaves;
  rootae::CompiledGrid grid;
};

int rootae_grid_open(const char* text, std::size_t size, rootae_grid** grid, rootae_error* error) {
  using namespace rootae;
  return guarded(error, [&] {
    const json::Document document(std::string_view(given(text, size).data(), size));
    const Grid plan = parse_grid(document.root());
    given(grid) = std::make_unique<rootae_grid>(plan).release();
  });
}

void rootae_grid_close(rootae_grid* grid) { const std::unique_ptr<rootae_grid> owned(grid); }

int rootae_grid_codes(const rootae_grid* grid, const void* values, std::size_t size,
                      std::int64_t* codes, std::size_t rows, rootae_error* error) {
  using namespace rootae;
  return guarded(error, [&] {
    const CompiledGrid& of = given(grid).grid;
    require(size == rows * size_of(of.type()), "codes are asked for of another number of values");
    const auto* const bytes = static_cast<const std::uint8_t*>(values);
    of.forward({of.type(), given(bytes, size).data(), rows}, given(codes, rows));
  });
}
