#include "sim/net/pool.h"

#include "sim/http/limits.h"

void pool_join(struct pool *pool, struct pool_member *member)
{
    member->next = pool->first;
    if (pool->first)
        pool->first->previous = member;
    pool->first = member;
    pool->count++;
}

void pool_leave(struct pool *pool, struct pool_member *member)
{
    if (member->previous)
        member->previous->next = member->next;
    else
        pool->first = member->next;
    if (member->next)
        member->next->previous = member->previous;
    pool->count--;
    pool->held -= member->held;
}

bool pool_hold(struct pool *pool, struct pool_member *member, size_t bytes)
{
    bool has_grown = bytes > member->held;

    pool->held = pool->held - member->held + bytes;
    member->held = bytes;
    return !has_grown || pool->held <= LIMIT_HELD_BYTES;
}

bool pool_take(struct pool *pool, size_t bytes)
{
    if (pool->held >= LIMIT_HELD_BYTES || bytes > LIMIT_HELD_BYTES - pool->held)
        return false;
    pool->held += bytes;
    return true;
}

void pool_give(struct pool *pool, size_t bytes)
{
    pool->held -= bytes;
}

uint64_t pool_tick(struct pool *pool, uint64_t now)
{
    uint64_t soonest = POOL_NEVER;

    for (struct pool_member *member = pool->first; member; member = member->next)
        if (member->deadline <= now)
            member->actions->on_deadline(member);
        else if (member->is_exact && member->deadline < soonest)
            soonest = member->deadline;
    return soonest;
}

void pool_end(struct pool *pool, const void *owner)
{
    for (struct pool_member *member = pool->first; member; member = member->next)
        if (!owner || member->owner == owner)
            member->actions->end(member);
}
