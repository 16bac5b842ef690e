/* Prints a column of a block that is stored as plain files:
 *   print_column FOLDER COLUMN
 * FOLDER holds a codec's three parts, `plan`, `tables` and `networks`, and a block of its first
 * tree, `head` and `blobs`. Frames are read by `unzstd`: link it to ZSTD_decompress. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rootae/rootae.h"

size_t unzstd(const uint8_t* in, size_t in_size, uint8_t* out, size_t out_size);

static void stop(const char* message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

enum { PARTS = 5 };
static uint8_t* parts[PARTS];

static rootae_bytes contents(int part, const char* folder, const char* name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE* file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) stop(path);
  const size_t size = (size_t)ftell(file);
  uint8_t* const data = parts[part] = malloc(size + 1);
  rewind(file);
  if (data == NULL || fread(data, 1, size, file) != size) stop(path);
  fclose(file);
  return (rootae_bytes){data, size};
}

static void print(int32_t type, const void* at, size_t i) {
  switch (type) {
    case ROOTAE_INT32: printf("%" PRId32 "\n", ((const int32_t*)at)[i]); break;
    case ROOTAE_INT64: printf("%" PRId64 "\n", ((const int64_t*)at)[i]); break;
    case ROOTAE_FLOAT32: printf("%.9g\n", (double)((const float*)at)[i]); break;
    case ROOTAE_FLOAT64: printf("%.17g\n", ((const double*)at)[i]); break;
    default: stop("a type that this example does not print");
  }
}

int main(int count, char** arguments) {
  if (count != 3) stop("print_column FOLDER COLUMN");
  const char* folder = arguments[1];
  const rootae_bytes plan = contents(0, folder, "plan"), tables = contents(1, folder, "tables");
  const rootae_bytes networks = contents(2, folder, "networks"), head = contents(3, folder, "head");
  const rootae_bytes blobs = contents(4, folder, "blobs");
  rootae_error error;
  rootae_codec* codec;
  rootae_block* block;
  if (rootae_codec_open(plan.data, plan.size, tables.data, tables.size, networks.data,
                        networks.size, unzstd, &codec, &error) != ROOTAE_OK ||
      rootae_block_open(codec, 0, head.data, head.size, &block, &error) != ROOTAE_OK)
    stop(error.message);

  rootae_column column;
  uint32_t number = 0;
  for (;; ++number) {
    if (rootae_codec_column(codec, 0, number, &column, &error) != ROOTAE_OK) stop(error.message);
    if (column.name.size == strlen(arguments[2]) &&
        memcmp(column.name.data, arguments[2], column.name.size) == 0)
      break;
  }

  rootae_span spans[64];
  rootae_bytes bytes[64];
  size_t needed;
  if (rootae_block_needs(block, &number, 1, spans, 64, &needed, &error) != ROOTAE_OK)
    stop(error.message);
  if (needed > 64) stop("a column that takes more than this example has room for");
  for (size_t i = 0; i < needed; ++i) {
    if (spans[i].offset + spans[i].size > blobs.size) stop("blobs end early");
    bytes[i] = (rootae_bytes){blobs.data + spans[i].offset, spans[i].size};
  }
  rootae_extent extent;
  rootae_block_extent(block, number, &extent, &error);
  rootae_out out = {malloc(extent.bytes + 1), extent.bytes};
  if (out.data == NULL ||
      rootae_block_decode(block, &number, 1, bytes, needed, &out, 0, 1, &error) != ROOTAE_OK)
    stop(error.message);
  for (size_t i = 0; i < extent.rows * column.lanes; ++i) print(column.type, out.data, i);
  rootae_block_close(block);
  rootae_codec_close(codec);
  free(out.data);
  for (size_t i = 0; i < PARTS; ++i) free(parts[i]);
  return 0;
}
