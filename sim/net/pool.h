/* The clients of one server, whatever protocol they speak: their deadlines and memory use.
 *
 * A member is embedded in the struct of a client, which joins when its socket exists and
 * leaves when that is closed. The pool knows nothing about sockets; it calls a member's
 * actions. */
#ifndef NET_POOL_H
#define NET_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_NEVER UINT64_MAX

struct pool_member;

/* None of them may make a member leave the pool before it returns. */
struct pool_actions {
    void (*on_deadline)(struct pool_member *member);
    void (*end)(struct pool_member *member); /* finish what is in flight, then close */
};

struct pool_member {
    struct pool_member *next, *previous;
    const struct pool_actions *actions;
    const void *owner; /* for pool_end */
    uint64_t deadline; /* in ms of the caller's clock, or POOL_NEVER */
    bool is_exact;     /* meet the deadline to the millisecond, not at the next regular tick */
    size_t held;       /* bytes; private */
};

/* All zero: an empty pool. */
struct pool {
    struct pool_member *first;
    size_t count;
    size_t held; /* bytes: of all members, and those taken */
};

/* The caller has set owner, actions and deadline; the rest of the member is zero. */
void pool_join(struct pool *pool, struct pool_member *member);
void pool_leave(struct pool *pool, struct pool_member *member);

/* Records how many bytes the member holds now. Returns false if that is more than before and
 * all members together hold more than LIMIT_HELD_BYTES. */
bool pool_hold(struct pool *pool, struct pool_member *member, size_t bytes);

/* Takes memory that no single member holds. Returns false, and takes none, if then more than
 * LIMIT_HELD_BYTES were held. */
bool pool_take(struct pool *pool, size_t bytes);
void pool_give(struct pool *pool, size_t bytes);

/* Handles the deadlines that have passed at `now`. Returns the next exact one, or POOL_NEVER. */
uint64_t pool_tick(struct pool *pool, uint64_t now);

/* Ends the members of an owner, or all of them if it is NULL. */
void pool_end(struct pool *pool, const void *owner);

#endif
