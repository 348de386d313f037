/* The clients of one server, whatever they speak: their deadlines, and what they hold together.
 *
 * A member is embedded in the struct of a client, which joins once its socket is there and
 * leaves when that is closed. The pool knows nothing of sockets: what has to happen to a
 * member is done by its actions. */
#ifndef NET_POOL_H
#define NET_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_NEVER UINT64_MAX

struct pool_member;

/* None of them makes a member leave the pool before it returns. */
struct pool_actions {
    void (*on_deadline)(struct pool_member *member);
    void (*end)(struct pool_member *member); /* finish what is in flight, then close */
    void (*close)(struct pool_member *member);
};

struct pool_member {
    struct pool_member *next, *previous;
    const struct pool_actions *actions;
    const void *owner; /* whose client it is, for pool_end */
    uint64_t deadline; /* in ms of the caller's clock, or POOL_NEVER */
    bool is_exact;     /* its deadline is met to the millisecond, others at the next tick */
    size_t held;       /* bytes; the pool's own */
};

/* All zero: an empty pool. */
struct pool {
    struct pool_member *first;
    size_t count;
    size_t held; /* bytes that all members hold */
};

/* The member's owner, actions and deadline are set; the rest of it is zero. */
void pool_join(struct pool *pool, struct pool_member *member);
void pool_leave(struct pool *pool, struct pool_member *member);

/* The member holds so many bytes now. Returns false when it holds more than before and all
 * members together more than LIMIT_HELD_BYTES. */
bool pool_hold(struct pool *pool, struct pool_member *member, size_t bytes);

/* Acts on the deadlines that have passed at `now`. Returns the next exact one, or POOL_NEVER. */
uint64_t pool_tick(struct pool *pool, uint64_t now);

/* Ends the members of an owner; NULL: all of them. */
void pool_end(struct pool *pool, const void *owner);

/* Closes all of them. */
void pool_close(struct pool *pool);

#endif
