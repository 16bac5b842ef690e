// Components of four-vectors, and cosine and sine, by FORMAT.md, section 4.2.
#pragma once

#include <cstddef>

#include "plan/plan.hpp"

namespace rootae {

// pt, eta, phi and mass of as many rows; those that a component has no use for may be null.
struct FourVectors {
  const double *pt, *eta, *phi, *mass;
};

// Writes cosine and sine of x, shape (rows,) each; of 0 unless |x| <= 1000.
void cosine_sine(const double* x, std::size_t rows, double* cosine, double* sine) noexcept;

// Writes px, py, pz or energy, shape (rows,), in the unit of pt.
void component(TermKind kind, const FourVectors& vectors, std::size_t rows, double* out) noexcept;

}  // namespace rootae
