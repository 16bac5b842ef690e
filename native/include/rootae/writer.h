/* What a writer of rootae files asks the core: passes over whole lanes, and what a reader will see of
 * a block under way. C99.
 *
 * Entropy coding and encoders are the caller's. Errors are as in rootae.h; memory is the caller's,
 * and none of it may overlap. Any number of threads may call at a time.
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

/* A grid by itself, whose codes are asked for; any number of threads may use it. */
typedef struct rootae_grid rootae_grid;

/* Opens a grid without tables by its text, an object of a plan. */
ROOTAE_API int rootae_grid_open(const char* text, size_t size, rootae_grid** grid,
                                rootae_error* error);
/* Closes it; NULL is none. */
ROOTAE_API void rootae_grid_close(rootae_grid* grid);
/* Writes the codes of values, of `size` bytes; there is room for `rows`, which are as many. */
ROOTAE_API int rootae_grid_codes(const rootae_grid* grid, const void* values, size_t size,
                                 int64_t* codes, size_t rows, rootae_error* error);

/* A block on its way to bytes: its lanes as a reader will see them, and the contexts and centres that
 * these give those behind them. Lanes are counted over all groups of the tree, in the plan's order.
 * Groups come one after the other, each behind those that its links lead to; a lane comes behind
 * those that it is decoded from. One thread at a time may use it. What is given as `const` has to
 * stay as it is, and `codes` too, until the block is closed. */
typedef struct rootae_draft rootae_draft;

/* Begins a block of a tree; the codec may be closed before it.
 *   rows: of each group */
ROOTAE_API int rootae_draft_open(const rootae_codec* codec, uint32_t tree, const uint64_t* rows,
                                 size_t groups, rootae_draft** draft, rootae_error* error);
/* Closes it; NULL is none. */
ROOTAE_API void rootae_draft_close(rootae_draft* draft);

/* Gives the values, of `size` bytes, of a lane that counts rows: links find objects by them. */
ROOTAE_API int rootae_draft_count(rootae_draft* draft, uint32_t lane, const void* values,
                                  size_t size, rootae_error* error);
/* Gives a group's latents, shape (latents, rows). */
ROOTAE_API int rootae_draft_latents(rootae_draft* draft, uint32_t group, const int64_t* latents,
                                    size_t count, rootae_error* error);

/* Work out the contexts of a lane, of `width` bytes each, 1 or 2, into `size` bytes that have room
 * for them; and the codes that it is centred on, one a row. A lane whose plan has none is refused,
 * as is one without a bound whose codes a network gives. */
ROOTAE_API int rootae_draft_contexts(rootae_draft* draft, uint32_t lane, void* contexts,
                                     size_t size, size_t* width, rootae_error* error);
ROOTAE_API int rootae_draft_centre(rootae_draft* draft, uint32_t lane, int64_t* centre,
                                   size_t count, rootae_error* error);

/* Writes the codes of a lane's values, for an encoder to look at; it is as if it had not been asked.
 *   values, size, rows, codes: as below */
ROOTAE_API int rootae_draft_codes(rootae_draft* draft, uint32_t lane, const void* values,
                                  size_t size, size_t rows, int64_t* codes, rootae_error* error);
/* Puts the values of a lane, of `size` bytes, on its grid.
 *   bound, error: what is promised of them
 *   rows: how many there is room for in codes and wrong, those of its group
 *   codes: gets those of the values
 *   wrong: gets 1 for each row that does not come back so, and is an escape, else 0
 *   count: gets how many are wrong; of none, `wrong` may be left as it was */
ROOTAE_API int rootae_draft_put(rootae_draft* draft, uint32_t lane, int bound, double error,
                                const void* values, size_t size, size_t rows, int64_t* codes,
                                uint8_t* wrong, size_t* count, rootae_error* out_error);
/* Has a lane follow from others by its rule, likewise: it has no codes. */
ROOTAE_API int rootae_draft_derive(rootae_draft* draft, uint32_t lane, int bound, double error,
                                   const void* values, size_t size, size_t rows, uint8_t* wrong,
                                   size_t* count, rootae_error* out_error);
/* Stores a lane by the bits of its values: contexts see zeros for its codes. */
ROOTAE_API int rootae_draft_bits(rootae_draft* draft, uint32_t lane, const void* values,
                                 size_t size, rootae_error* error);

#ifdef __cplusplus
}
#endif

#endif
