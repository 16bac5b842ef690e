// Where the arrays of a model lie while it runs, and which steps make them.
//
// Arrays that hang on the input are stored as one run of rows for each of their units: the numbers
// a row, in the order of the dimensions without the free one. So Reshape, and most of Transpose, is
// nothing to do, and every other operator is loops over rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "shapes.hpp"

namespace rootae {

// Where an array's first unit lies.
struct Place {
  bool rows = true;    // in the scratch of the rows under way; else among the constants
  std::size_t at = 0;  // in units of that
};

using Units = std::vector<std::uint32_t>;  // one for each unit that is made; empty: 0, 1, 2, ...

// Sums over `inner` of a[m, k] * b[k, n], for `outer` pairs of matrices.
struct Product {
  std::size_t m = 0, n = 0, inner = 0;
  std::size_t a_m = 0, a_inner = 0, b_inner = 0, b_n = 0;  // units from one to the next
};

struct Step {
  Op op = Op::add;
  std::vector<Place> from;
  Place to;
  std::size_t units = 0;  // that are made
  Units first, second, third;       // of the inputs: their units; of a product: the matrices' first
  std::vector<std::size_t> widths;  // of Concat: units of each input that stand together
  Product product;
  float alpha = 1, beta = 1;
  bool added = false;               // of Gemm: there is a third input
  bool low = false, high = false;   // of Clip
};

struct Schedule {
  std::vector<Step> folded, steps;  // of constants, made once; of rows
  std::vector<std::pair<const Initializer*, std::size_t>> initial;  // and where it lies
  std::size_t constants = 0, scratch = 0;                           // units of each
  Place input, output;
};

// Lays out a checked model: what its output does not hang on is left out.
[[nodiscard]] Schedule schedule(const Checked& model);

}  // namespace rootae
