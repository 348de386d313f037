/* The little of SCALE that attestations are written in (Substrate's SCALE codec). */
#ifndef FORMAT_SCALE_H
#define FORMAT_SCALE_H

#include "sim/base/buf.h"

/* Compact integer; value below 2^30, which every length here is. */
void scale_compact(struct buf *out, size_t value);
void scale_u32(struct buf *out, uint32_t value);
/* A string or Vec<u8>: compact length, then the bytes. */
void scale_bytes(struct buf *out, const void *data, size_t len);

#endif
