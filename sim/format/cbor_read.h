/* The little of CBOR (RFC 8949) that an image's measurement is written in, read: see
 * sim/format/cbor.h. Definite lengths only. Each takes a value off the front of *rest, or
 * returns false when another stands there or it is cut. */
#ifndef FORMAT_CBOR_READ_H
#define FORMAT_CBOR_READ_H

#include "sim/base/span.h"

bool cbor_read_map(struct span *rest, uint64_t *pairs);
bool cbor_read_uint(struct span *rest, uint64_t *value);
bool cbor_read_text(struct span *rest, struct span *text);
bool cbor_read_bytes(struct span *rest, struct span *bytes);

/* A text that is exactly this. */
bool cbor_read_key(struct span *rest, const char *key);

#endif
