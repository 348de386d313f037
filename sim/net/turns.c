#include "sim/net/turns.h"

#include <stddef.h>

void turns_begin(struct turns *turns)
{
    turns->ends = 0;
}

bool turns_are_over(struct turns *turns, uint64_t now)
{
    if (turns->ends == 0)
        turns->ends = now + turns->limit_ns;
    return now > turns->ends;
}

void turns_wait(struct turns *turns, struct turns_waiter *waiter)
{
    if (waiter->is_waiting)
        return;
    waiter->is_waiting = true;
    waiter->next = NULL;
    waiter->previous = turns->last;
    if (turns->last)
        turns->last->next = waiter;
    else
        turns->first = waiter;
    turns->last = waiter;
}

void turns_leave(struct turns *turns, struct turns_waiter *waiter)
{
    if (!waiter->is_waiting)
        return;
    waiter->is_waiting = false;
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        turns->first = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    else
        turns->last = waiter->previous;
}

bool turns_go_on(struct turns *turns, uint64_t (*clock)(void))
{
    const struct turns_waiter *const last = turns->last;
    bool is_last = !last;

    if (last)
        (void)turns_are_over(turns, clock()); /* it may be the first thing in this turn */
    while (!is_last && turns->first) {
        struct turns_waiter *waiter = turns->first;

        is_last = waiter == last;
        turns_leave(turns, waiter);
        waiter->go_on(waiter);
        is_last |= turns_are_over(turns, clock());
    }
    return turns->first != NULL;
}
