/* Responses that leave together.
 *
 * A write wakes the program that reads, which may cost as much as a short request, on virtual machines above
 * all. While many clients are served in each turn of the loop, the response to one of them waits for those to
 * others, at most until the turn ends, so that a program with several connections, such as a proxy, is woken
 * once for them: see writes.h. The time that the server spends on what leaves together is limited, so that what
 * waits is delayed by one slow request at most. */
#ifndef NET_OUTBOX_H
#define NET_OUTBOX_H

#include <stdbool.h>

#include "sim/base/buf.h"
#include "sim/net/writes.h"

#define OUTBOX_RESPONSES WRITES_MAX

struct outbox_slot {
    size_t place; /* in the outbox, from 1; 0 if it is not there. Private to write */

    /* Set by its owner. */
    int descriptor; /* of the socket; see writes.h */
    /* The write of these bytes, which are gone afterwards, had this result. It puts nothing into the outbox. */
    void (*written)(struct outbox_slot *slot, struct span bytes, ssize_t result);
};

struct outbox_item {
    struct outbox_slot *slot; /* NULL if it has been forgotten */
    struct span bytes;        /* in the holder */
    struct buf holder;        /* its memory is used again */
};

/* All private but limit_ns. */
struct outbox {
    uint64_t limit_ns; /* for the work on all that waits */
    struct writes writes;
    struct outbox_item items[OUTBOX_RESPONSES];
    size_t count;
    size_t len;         /* of all of them */
    uint64_t began;     /* the work on the first of them, in ns of the caller's clock */
    unsigned responses; /* in this turn */
    bool is_crowded;    /* the turn before was */
    size_t used;        /* of the items, since outbox_shrink */
};

void outbox_init(struct outbox *outbox, uint64_t limit_ns);
void outbox_free(struct outbox *outbox);

/* Sends what waits. What follows is another turn. are_waiting: clients for which the last one had no time, so
 * that fewer responses were many. */
void outbox_begin_turn(struct outbox *outbox, bool are_waiting);

/* Counts a response with a body of that length. Returns whether outbox_put takes it: it is not long, and there were
 * many in the turn before. */
bool outbox_takes(struct outbox *outbox, size_t len);

/* Takes a response, the work on which lasted from `began` to `now`, for a slot that is not in the outbox. The bytes
 * are in *holder, and may begin in its front. It is empty afterwards: its memory is exchanged for that of a response
 * that has been sent, or, if it is large, the bytes are copied. Sends all that waits if one more would be too
 * much. */
void outbox_put(struct outbox *outbox, struct outbox_slot *slot, struct span bytes, struct buf *holder,
                uint64_t began, uint64_t now);

/* Sends what waits if the work on it, or on what came after it, has taken too long. Call it before more work. */
void outbox_send_in_time(struct outbox *outbox, uint64_t now);

/* Sends what waits. Call it before work that may take long, and once there is nothing more to put. */
void outbox_send(struct outbox *outbox);

/* Call it now and then: frees memory that has held no response since the call before. Returns whether some has. */
bool outbox_shrink(struct outbox *outbox);

/* Discards what waits for this slot, if anything does. */
void outbox_forget(struct outbox *outbox, struct outbox_slot *slot);

#endif
