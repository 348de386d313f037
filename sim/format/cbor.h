/* The little of CBOR (RFC 8949) that an image's measurement is written in:
 * definite lengths, shortest form. */
#ifndef FORMAT_CBOR_H
#define FORMAT_CBOR_H

#include "sim/base/buf.h"

void cbor_map(struct buf *out, uint64_t pairs);
void cbor_uint(struct buf *out, uint64_t value);
void cbor_text(struct buf *out, const char *text);
void cbor_bytes(struct buf *out, const void *data, size_t len);

#endif
