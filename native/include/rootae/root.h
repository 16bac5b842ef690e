/* Decoded columns of compressed files in a process that has ROOT. C99, and C++ as cling reads it.
 *
 * A coded tree is found by its file and its path, and shared by all that have it open in the
 * process, as are its decoded blocks: a column of a block is decoded once, whoever asks, as long as
 * there is room for it. Everything here may be called by any number of threads at a time.
 *
 * Every function that may fail returns ROOTAE_OK or another kind of error of rootae.h, and then
 * fills `error`, which may be NULL. Nothing is thrown.
 */
#ifndef ROOTAE_ROOT_H
#define ROOTAE_ROOT_H

#include "rootae/rootae.h"

#ifdef __cplusplus
extern "C" {
#endif

/* It changes when anything below does; rootae_root_abi() says that of the library. */
#define ROOTAE_ROOT_ABI 1

#if defined(__GNUC__)
#define ROOTAE_ROOT_API __attribute__((visibility("default")))
#else
#define ROOTAE_ROOT_API
#endif

typedef struct rootae_root_tree rootae_root_tree;
typedef struct rootae_root_hold rootae_root_hold;

/* A column of a block. */
typedef struct {
  /* Its rows, each with its elements in C order, of the column's type, in the machine's byte order;
   * aligned for it. */
  const void* data;
  uint64_t rows;
  /* What counts the column, or NULL: the rows of entry i are offsets[i] to offsets[i + 1]. Where the
   * counter has a counter itself, of inner vector i, and the inner vectors of entry j are outer[j]
   * to outer[j + 1]. */
  const uint64_t* offsets;
  const uint64_t* outer;
} rootae_root_values;

ROOTAE_ROOT_API int32_t rootae_root_abi(void);

/* Opens a coded tree and holds it against its file.
 *   url: of the file, as TFile::Open takes it
 *   path: the tree's, in its file, without a cycle
 * ROOTAE_ARGUMENT: the file cannot be opened, or has no such tree, or it has no coded columns. */
ROOTAE_ROOT_API int rootae_root_open(const char* url, const char* path, rootae_root_tree** tree,
                                     rootae_error* error);
/* Closes it; NULL is none. Its blocks are held on their own. */
ROOTAE_ROOT_API void rootae_root_close(rootae_root_tree* tree);

ROOTAE_ROOT_API uint64_t rootae_root_entries(const rootae_root_tree* tree);
ROOTAE_ROOT_API uint64_t rootae_root_blocks(const rootae_root_tree* tree);
/* The first entry of a block; of the block behind the last, the number of entries. */
ROOTAE_ROOT_API uint64_t rootae_root_first(const rootae_root_tree* tree, uint64_t block);

ROOTAE_ROOT_API uint32_t rootae_root_columns(const rootae_root_tree* tree);
ROOTAE_ROOT_API uint32_t rootae_root_branches(const rootae_root_tree* tree);
/* Say what a column is, and a branch of the original, in its order, those that pass through
 * included. Texts hold as long as the tree is open. */
ROOTAE_ROOT_API int rootae_root_column(const rootae_root_tree* tree, uint32_t column,
                                       rootae_column* found, rootae_error* error);
ROOTAE_ROOT_API int rootae_root_branch(const rootae_root_tree* tree, uint32_t branch,
                                       rootae_branch* found, rootae_error* error);

/* Decodes columns of a block.
 *   values: one for each column; they hold until the block is released */
ROOTAE_ROOT_API int rootae_root_block(const rootae_root_tree* tree, uint64_t block,
                                      const uint32_t* columns, size_t column_count,
                                      rootae_root_values* values, rootae_root_hold** hold,
                                      rootae_error* error);
/* Lets go of values; NULL is none. */
ROOTAE_ROOT_API void rootae_root_release(rootae_root_hold* hold);

/* How many bytes of decoded blocks are kept for the next to ask, besides those that are held. */
ROOTAE_ROOT_API void rootae_root_keep(uint64_t bytes);
/* How many columns of blocks have been decoded in this process. */
ROOTAE_ROOT_API uint64_t rootae_root_decoded(void);

#ifdef __cplusplus
}
#endif

#endif
