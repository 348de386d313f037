/* The subset of SCALE that attestations use (Substrate's SCALE codec). */
#ifndef FORMAT_SCALE_H
#define FORMAT_SCALE_H

#include "sim/base/buf.h"

#define SCALE_COMPACT_BYTES_MAX 4

/* A compact integer; value must be below 2^30, as every length here is. */
void scale_write_compact(struct buf *out, size_t value);
void scale_write_u32(struct buf *out, uint32_t value);
/* A string or Vec<u8>: compact length, then the bytes. */
void scale_write_bytes(struct buf *out, const void *data, size_t len);

/* Each takes a value off the front of *rest, or returns false if it is truncated or a compact
 * integer is 2^30 or more. Spans point into the input. */
bool scale_read_compact(struct span *rest, size_t *value);
bool scale_read_u32(struct span *rest, uint32_t *value);
bool scale_read_bytes(struct span *rest, struct span *bytes);

#endif
