/* rootae's decode core: columns from the bytes of a rootae file. C99.
 *
 * Reading files is the caller's: a codec's three parts, a block's directory and the bytes of its
 * blobs come from the trees that FORMAT.md, section 2, describes. Nothing is trusted: bytes that
 * are not as the format says are refused, whatever they are.
 *
 * Every function that may fail returns ROOTAE_OK or a kind of error, and then fills `error`, which
 * may be NULL; what it had to write is left alone, but for a caller's memory for values, which then
 * holds anything. Nothing is thrown.
 *
 * A codec may be used by any number of threads at a time, a block by one. A codec may be closed
 * before its blocks. All integers that count something count from 0.
 */
#ifndef ROOTAE_ROOTAE_H
#define ROOTAE_ROOTAE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(ROOTAE_INSIDE) /* the core is compiled into what calls it */
#define ROOTAE_API
#elif defined(__GNUC__)
#define ROOTAE_API __attribute__((visibility("default")))
#else
#define ROOTAE_API
#endif

/* It changes when anything below does; rootae_abi() says that of the library. */
#define ROOTAE_ABI 3

enum {
  ROOTAE_OK = 0,
  ROOTAE_CORRUPT = 1,  /* bytes are not as the format says */
  ROOTAE_FORMAT = 2,   /* of another version of the format */
  ROOTAE_ARGUMENT = 3, /* the caller asked for what is not there, or gave too little memory */
  ROOTAE_MEMORY = 4,   /* there is not enough memory */
  ROOTAE_INTERNAL = 5  /* an error of this library: please report it */
};

typedef struct {
  int32_t kind;
  char message[512]; /* UTF-8, one line, ends with a NUL */
} rootae_error;

typedef struct rootae_codec rootae_codec;
typedef struct rootae_block rootae_block;

/* Decompresses all zstd frames of `in` without a dictionary, as ZSTD_decompress does. Returns the
 * bytes written, or SIZE_MAX where the input is damaged or does not fit. It is called by every
 * thread that opens codecs or decodes blocks, those that rootae_block_decode starts included, by
 * any of them at the same time; and it must not throw. */
typedef size_t (*rootae_zstd)(const uint8_t* in, size_t in_size, uint8_t* out, size_t out_size);

typedef struct {
  const uint8_t* data;
  size_t size;
} rootae_bytes;

/* Text of a codec: UTF-8, without a NUL behind it; it holds as long as the codec is open. */
typedef struct {
  const char* data;
  size_t size;
} rootae_text;

/* Types of columns. */
enum {
  ROOTAE_BOOL, ROOTAE_INT8, ROOTAE_INT16, ROOTAE_INT32, ROOTAE_INT64, ROOTAE_UINT8, ROOTAE_UINT16,
  ROOTAE_UINT32, ROOTAE_UINT64, ROOTAE_FLOAT32, ROOTAE_FLOAT64
};

typedef struct {
  rootae_text path, title; /* of the original tree */
  uint32_t columns, groups, branches;
} rootae_tree;

typedef struct {
  rootae_text name, type_name, title; /* of the original branch */
  int32_t type;
  int32_t counter;              /* the number of the column that counts this one, or -1 */
  uint32_t group;               /* the number of its group */
  uint32_t lanes;               /* elements of a row: the product of its inner dimensions */
  const uint64_t* inner_shape;  /* the fixed inner dimensions; NULL where there are none */
  size_t dimensions;            /* how many these are */
  int32_t is_counter;           /* not 0 where it counts another */
  int32_t is_exact;             /* not 0 where all of its values are the original's, bit for bit */
  /* What the branch's leaf was, where ROOT would make another one of all this: its class, name and
   * title, and the class of what the branch holds. Else all are empty. */
  rootae_text leaf_kind, leaf_name, leaf_title, leaf_of;
} rootae_column;

/* A branch of the original tree. */
typedef struct {
  rootae_text name, type_name, title;
  rootae_text counter; /* the name of what counts it, or empty */
  int32_t coded;       /* not 0 where it is a column and stands in the tree as a carrier */
} rootae_branch;

typedef struct {
  rootae_text name; /* of the column that counts its rows; empty for values per entry */
  uint32_t lanes, latents;
} rootae_group;

/* Where a blob lies in the block's row of `blobs`, the crc32 of its bytes, and its number in the
 * block's directory. */
typedef struct {
  uint64_t offset;
  uint32_t size, crc32, number;
} rootae_span;

/* A caller's memory; data NULL: none. */
typedef struct {
  void* data;
  size_t size; /* bytes */
} rootae_out;

/* What a block has of a column. */
typedef struct {
  uint64_t rows;
  uint64_t bytes;  /* that all its values take */
  uint64_t stored; /* bytes of its blobs */
  uint32_t most;   /* the largest value of what counts it; 0 where nothing does */
} rootae_extent;

/* The ROOTAE_ABI of the library. */
ROOTAE_API int32_t rootae_abi(void);

/* Opens a codec: all of it is checked. The bytes are not needed afterwards.
 *   plan: its text, uncompressed; tables, networks: as the file has them
 *   zstd: for frames of the codec and of its blocks */
ROOTAE_API int rootae_codec_open(const uint8_t* plan, size_t plan_size, const uint8_t* tables,
                                 size_t tables_size, const uint8_t* networks, size_t networks_size,
                                 rootae_zstd zstd, rootae_codec** codec, rootae_error* error);
/* Closes a codec; NULL is none. */
ROOTAE_API void rootae_codec_close(rootae_codec* codec);
/* How many trees it codes. */
ROOTAE_API uint32_t rootae_codec_trees(const rootae_codec* codec);
/* Say what a tree is, a column of it, a group of it, a branch of the original, in its order. */
ROOTAE_API int rootae_codec_tree(const rootae_codec* codec, uint32_t tree, rootae_tree* found,
                                 rootae_error* error);
ROOTAE_API int rootae_codec_column(const rootae_codec* codec, uint32_t tree, uint32_t column,
                                   rootae_column* found, rootae_error* error);
ROOTAE_API int rootae_codec_group(const rootae_codec* codec, uint32_t tree, uint32_t group,
                                  rootae_group* found, rootae_error* error);
ROOTAE_API int rootae_codec_branch(const rootae_codec* codec, uint32_t tree, uint32_t branch,
                                   rootae_branch* found, rootae_error* error);

/* Opens a block of a tree by its directory, which is not needed afterwards. That the directory
 * names this codec is for the caller to know: its first 32 bytes are the codec's id. */
ROOTAE_API int rootae_block_open(const rootae_codec* codec, uint32_t tree, const uint8_t* head,
                                 size_t head_size, rootae_block** block, rootae_error* error);
/* Closes a block; NULL is none. */
ROOTAE_API void rootae_block_close(rootae_block* block);
/* How many entries it has, and how many bytes its row of `blobs`. */
ROOTAE_API uint64_t rootae_block_entries(const rootae_block* block);
ROOTAE_API uint64_t rootae_block_bytes(const rootae_block* block);
/* Says what it has of a column. */
ROOTAE_API int rootae_block_extent(const rootae_block* block, uint32_t column,
                                   rootae_extent* found, rootae_error* error);

/* How many bytes of values and codes it keeps inside. */
ROOTAE_API uint64_t rootae_block_kept(const rootae_block* block);

/* Says which blobs columns take that are not decoded yet: of what counts them too, and of what they
 * are decoded from. `count` gets how many these are; the first of them, at most `capacity`, are
 * written. */
ROOTAE_API int rootae_block_needs(rootae_block* block, const uint32_t* columns, size_t column_count,
                                  rootae_span* spans, size_t capacity, size_t* count,
                                  rootae_error* error);
/* Decodes columns and what counts them.
 *   blobs: the bytes of the spans that rootae_block_needs gives for the same columns, in its order
 *   outs: one for each column, with room for the bytes of its extent: rows, each with its elements
 *     in C order, in the machine's byte order. Values of columns without are kept inside. NULL:
 *     those of all.
 *   keep: not 0 to have values at hand that the caller has memory for
 *   threads: how many decode, at most, the caller's included; 1: no other is started. Where there
 *     is little to do fewer are. Those that are started are gone as this returns. Values do not
 *     hang on it, nor does the error. 0 is refused.
 * After an error what was kept inside may be lost: ask rootae_block_needs again. */
ROOTAE_API int rootae_block_decode(rootae_block* block, const uint32_t* columns,
                                   size_t column_count, const rootae_bytes* blobs,
                                   size_t blob_count, const rootae_out* outs, int keep,
                                   uint32_t threads, rootae_error* error);
/* Writes the values of a column that is kept inside. */
ROOTAE_API int rootae_block_values(const rootae_block* block, uint32_t column, void* out,
                                   size_t size, rootae_error* error);

/* Says where the latents of a group lie that has any. */
ROOTAE_API int rootae_block_latents_span(const rootae_block* block, uint32_t group,
                                         rootae_span* found, rootae_error* error);
/* Writes them, of shape (latents, rows): no column's values, but what they are decoded by.
 *   count: for how many numbers there is room */
ROOTAE_API int rootae_block_latents(const rootae_block* block, uint32_t group, const uint8_t* blob,
                                    size_t size, int64_t* out, size_t count, rootae_error* error);

#ifdef __cplusplus
}
#endif

#endif
