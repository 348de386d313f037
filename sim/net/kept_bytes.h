/* Parts of responses that slow clients have not taken yet.
 *
 * They count for the pool's memory before they are copied, so that its limit is never exceeded. Large
 * ones that are equal are kept once: many clients that read the same log or quote slowly hold it
 * together. */
#ifndef NET_KEPT_BYTES_H
#define NET_KEPT_BYTES_H

#include "sim/base/span.h"
#include "sim/net/pool.h"

#define KEPT_BYTES_SHARED_MIN (64u * 1024) /* smaller ones are not looked for */

struct kept_bytes; /* on the heap */

/* All zero: none. It outlives what is kept. */
struct kept_list {
    struct pool *pool; /* set by the owner */
    struct kept_bytes *first;
};

/* Keeps a copy, which may be shared. Returns NULL if the pool's limit would be exceeded. */
struct kept_bytes *kept_bytes_hold(struct kept_list *list, struct span bytes);

/* The last len bytes, which are those that were to be kept. */
struct span kept_bytes_last(const struct kept_bytes *kept, size_t len);

/* kept may be NULL. */
void kept_bytes_release(struct kept_list *list, struct kept_bytes *kept);

#endif
