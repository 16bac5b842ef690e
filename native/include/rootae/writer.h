/* What a writer of rootae files asks the core: passes over whole lanes. C99.
 *
 * Entropy coding is the caller's. Errors are as in rootae.h; memory is the caller's, and none of it
 * may overlap. Any number of threads may call at a time.
 */
#ifndef ROOTAE_WRITER_H
#define ROOTAE_WRITER_H

#include "rootae/rootae.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ROOTAE_EXACT = 0, ROOTAE_ABSOLUTE = 1, ROOTAE_RELATIVE = 2, ROOTAE_UNBOUNDED = 3 };

/* Holds returned values against the original under a bound: both have `rows` values of a type of
 * rootae.h's. Writes 1 into `wrong`, for each row, where the bound is broken, else 0; the largest
 * error among finite values; and how many are wrong. */
ROOTAE_API int rootae_deviation(int type, int bound, double error, const void* original,
                                const void* returned, size_t rows, uint8_t* wrong,
                                double* largest, size_t* count, rootae_error* out_error);

/* Finds the values that occur among fewer than 2^32 unsigned numbers of 2, 4 or 8 bytes: they
 * ascend, as wide; how often each occurs; and each number's place among them. There is room for
 * `most` values. Where there are more, *count is most + 1, and what is written means nothing. */
ROOTAE_API int rootae_distinct(const void* numbers, size_t width, size_t rows, size_t most,
                               void* values, uint32_t* counts, uint32_t* places, size_t* count,
                               rootae_error* out_error);

/* Sorts numbers of 4 or 8 bytes by their contexts of 1 or 2, less their low `merge` bits, and counts
 * these, up to the largest that contexts so wide can be: 256 >> merge counts, or 65536 >> merge. */
ROOTAE_API int rootae_sort_by_context(const void* numbers, size_t width, const void* contexts,
                                      size_t context_width, unsigned merge, size_t rows, void* out,
                                      uint64_t* counts, rootae_error* out_error);

#ifdef __cplusplus
}
#endif

#endif
