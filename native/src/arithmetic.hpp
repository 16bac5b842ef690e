// Sums and the exponential, every operation rounded by itself: the same bits on every machine.
#pragma once

#include <cstdint>

#include "span.hpp"
#include "types.hpp"

namespace rootae {

// Adding this and taking it off again rounds a float64 below 2^51 in magnitude to a whole number,
// half to even; after adding, the low bits are that number's.
constexpr double kShifter = 6755399441055744.0;                    // 1.5 * 2^52
constexpr std::uint64_t kShifterBits = 0x4338000000000000u;

// The reciprocals of factorials, 1/0! ... 1/17!: the float64 next to each.
constexpr double kReciprocal[18] = {
    0x1.0000000000000p+0,  0x1.0000000000000p+0,  0x1.0000000000000p-1,  0x1.5555555555555p-3,
    0x1.5555555555555p-5,  0x1.1111111111111p-7,  0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-13,
    0x1.a01a01a01a01ap-16, 0x1.71de3a556c734p-19, 0x1.27e4fb7789f5cp-22, 0x1.ae64567f544e4p-26,
    0x1.1eed8eff8d898p-29, 0x1.6124613a86d09p-33, 0x1.93974a8c07c9dp-37, 0x1.ae7f3e733b81fp-41,
    0x1.ae7f3e733b81fp-45, 0x1.952c77030ad4ap-49};

// Writes values as float64, shape (rows,): integers rounded if need be, booleans as 0 or 1.
void widen(ConstValues values, double* out) noexcept;

// Adds values * coefficient to float64 sums of as many rows, rounded after the product and after
// the sum. The first NaN of a sum stays, as its bits are.
void add(ConstValues values, double coefficient, double* total) noexcept;

// The same in integers of 64 or 32 bits, wrapping; values are integers or booleans, which count as 0 or 1.
void add(ConstValues values, std::uint64_t coefficient, std::uint64_t* total) noexcept;
void add(ConstValues values, std::uint32_t coefficient, std::uint32_t* total) noexcept;

// e^x by FORMAT.md, section 4.2, for each of the rows; x and out may be the same.
void exponential(const double* x, std::size_t rows, double* out) noexcept;

}  // namespace rootae
