/* MessagePack read value by value (msgpack.org, "Specification").
 *
 * The library's reader makes room for as many elements as a head claims before it has
 * seen them; here nothing is believed that is not there. Each takes a value off the
 * front of *rest, or returns false when another stands there or it is cut. */
#ifndef FORMAT_MSGPACK_READ_H
#define FORMAT_MSGPACK_READ_H

#include "sim/base/arena.h"
#include "sim/base/span.h"

bool msgpack_read_map(struct span *rest, size_t *pairs);
bool msgpack_read_array(struct span *rest, size_t *elements);
bool msgpack_read_uint(struct span *rest, uint64_t *value);
bool msgpack_read_text(struct span *rest, struct span *text);

/* bin, or an array of integers below 256, which are copied to the arena. */
bool msgpack_read_bytes(struct span *rest, struct arena *arena, struct span *bytes);

/* A text that is exactly this. */
bool msgpack_read_key(struct span *rest, const char *key);

#endif
