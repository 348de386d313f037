/* Bump allocation with one lifetime.
 *
 * Everything one request allocates comes from one arena and is freed by a single
 * arena_reset once the response is written; nothing is freed piece by piece.
 * Memory that outlives the request must be copied elsewhere explicitly. It is wiped then,
 * because a request and its response may have secrets. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* bytes taken in the newest block */
};

/* An arena holds no memory until it is first asked for some. */
void arena_init(struct arena *arena);

/* Memory of `size` bytes, aligned for any type, contents undefined. Never NULL:
 * running out of memory aborts the process (see memory.h). */
void *arena_alloc(struct arena *arena, size_t size);

/* The same, zeroed. */
void *arena_zalloc(struct arena *arena, size_t size);

/* A copy of len bytes with a NUL after it. */
char *arena_copy(struct arena *arena, const void *data, size_t len);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets every allocation. A block of the usual size is kept for the next request. */
void arena_reset(struct arena *arena);

/* Frees all memory; the arena may be used again. */
void arena_free(struct arena *arena);

#endif
