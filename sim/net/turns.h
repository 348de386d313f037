/* Shares a turn of the loop among the clients: once LIMIT_LOOP_MICROS of it are used up, those that have
 * something to do wait in a queue for later turns, so that no turn is long and each of them gets one. */
#ifndef NET_TURNS_H
#define NET_TURNS_H

#include <stdbool.h>
#include <stdint.h>

struct turns_waiter {
    struct turns_waiter *next, *previous; /* private */
    bool is_waiting;                      /* in the queue; private to write */

    /* What it does once it has left the queue, which it may join again. Set by its owner. */
    void (*go_on)(struct turns_waiter *waiter);
};

/* All zero but for limit_ns: a turn that begins with the next call. */
struct turns {
    uint64_t limit_ns;
    uint64_t ends;                     /* by the caller's clock; 0: nothing has been done yet. Private */
    struct turns_waiter *first, *last; /* the queue; private */
};

/* Call it before the loop waits for events: what follows is another turn. */
void turns_begin(struct turns *turns);

/* Whether the turn is used up at `now`, in ns of a clock that the caller chooses. */
bool turns_are_over(struct turns *turns, uint64_t now);

/* Joins the end of the queue, unless the waiter is in it. */
void turns_wait(struct turns *turns, struct turns_waiter *waiter);

/* Leaves the queue, if the waiter is in it. */
void turns_leave(struct turns *turns, struct turns_waiter *waiter);

/* Lets those go on that waited before this call, the first ones first: at least one, and as long as the turn
 * is not over. Returns whether some are left. */
bool turns_go_on(struct turns *turns, uint64_t (*clock)(void));

#endif
