/* MessagePack value by value (msgpack.org, "Specification"), each in its shortest form.
 *
 * Writing is msgpack-c's. Its reader makes room for as many elements as a head claims before
 * it has seen them; here nothing is believed that is not there. */
#ifndef FORMAT_MSGPACK_H
#define FORMAT_MSGPACK_H

#include "sim/base/arena.h"
#include "sim/base/buf.h"

void msgpack_write_map(struct buf *out, size_t pairs);      /* the pairs follow */
void msgpack_write_array(struct buf *out, size_t elements); /* the elements follow */
void msgpack_write_uint(struct buf *out, uint64_t value);
void msgpack_write_text(struct buf *out, struct span text);
void msgpack_write_key(struct buf *out, const char *key); /* a text */
void msgpack_write_bin(struct buf *out, const void *data, size_t len);

/* Bytes as an array of integers, as serde writes a Vec<u8>: from 16 to 65535 of them. */
void msgpack_write_integers(struct buf *out, struct span bytes);
/* Most bytes that takes for so many. */
size_t msgpack_integers_size_max(size_t len);

/* Each takes a value off the front of *rest, or returns false when another kind of value is
 * there or it is cut. Spans point into the input. */
bool msgpack_read_map(struct span *rest, size_t *pairs);
bool msgpack_read_array(struct span *rest, size_t *elements);
bool msgpack_read_uint(struct span *rest, uint64_t *value);
bool msgpack_read_text(struct span *rest, struct span *text);

/* Does a map of at most 65535 pairs begin here? */
bool msgpack_is_map(struct span bytes);

/* A text that is exactly this. */
bool msgpack_read_key(struct span *rest, const char *key);

/* bin, or an array of integers below 256, which are copied to the arena. */
bool msgpack_read_bytes(struct span *rest, struct arena *arena, struct span *bytes);

#endif
