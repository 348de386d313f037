/* The subset of CBOR (RFC 8949) that an image's measurement uses: definite lengths, in their
 * shortest form. */
#ifndef FORMAT_CBOR_H
#define FORMAT_CBOR_H

#include "sim/base/buf.h"

void cbor_write_map(struct buf *out, uint64_t pairs); /* the pairs follow */
void cbor_write_uint(struct buf *out, uint64_t value);
void cbor_write_text(struct buf *out, const char *text);
void cbor_write_bytes(struct buf *out, const void *data, size_t len);

/* Each takes a value off the front of *rest, or returns false if the value is of another type or
 * truncated. Spans point into the input. */
bool cbor_read_map(struct span *rest, uint64_t *pairs);
bool cbor_read_uint(struct span *rest, uint64_t *value);
bool cbor_read_text(struct span *rest, struct span *text);
bool cbor_read_bytes(struct span *rest, struct span *bytes);

/* Takes a text that must equal key. */
bool cbor_read_key(struct span *rest, const char *key);

#endif
