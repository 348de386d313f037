/* Writes and reads MessagePack values (msgpack.org, "Specification"), in their shortest form.
 *
 * msgpack-c does the writing. Its reader is not used because it allocates as many elements as a
 * header claims, even if they do not follow. */
#ifndef FORMAT_MSGPACK_H
#define FORMAT_MSGPACK_H

#include "sim/base/arena.h"
#include "sim/base/buf.h"

void msgpack_write_map(struct buf *out, size_t pairs);      /* the pairs follow */
void msgpack_write_array(struct buf *out, size_t elements); /* the elements follow */
void msgpack_write_uint(struct buf *out, uint64_t value);
void msgpack_write_text(struct buf *out, struct span text);
void msgpack_write_key(struct buf *out, const char *key); /* written as a text */
void msgpack_write_bin(struct buf *out, const void *data, size_t len);

/* Writes an integer for each byte, the elements of an array such as serde makes of a Vec<u8>: at most
 * 2 * bytes.len bytes. */
void msgpack_write_integers(struct buf *out, struct span bytes);

/* Each takes a value off the front of *rest, or returns false if the value is of another type or
 * truncated. Spans point into the input. */
bool msgpack_read_map(struct span *rest, size_t *pairs);
bool msgpack_read_array(struct span *rest, size_t *elements);
bool msgpack_read_uint(struct span *rest, uint64_t *value);
bool msgpack_read_text(struct span *rest, struct span *text);

/* Whether the bytes start with a map of at most 65535 pairs. */
bool msgpack_is_map(struct span bytes);

/* Takes a text that must equal key. */
bool msgpack_read_key(struct span *rest, const char *key);

/* Takes a bin, or an array of integers below 256, which are copied to the arena. */
bool msgpack_read_bytes(struct span *rest, struct arena *arena, struct span *bytes);

#endif
