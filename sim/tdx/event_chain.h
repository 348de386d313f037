/* The registers as they were along the event log: what each event found and left.
 *
 * The log keeps digests alone, so a register's past is a replay. The chain remembers it
 * once for every EVENT_CHAIN_STEP events, so that any place is at most that many hashes away. */
#ifndef TDX_EVENT_CHAIN_H
#define TDX_EVENT_CHAIN_H

#include "sim/tdx/event_log.h"

#define EVENT_CHAIN_STEP 256

struct event_chain {
    struct registers marks[EVENT_LOG_EVENTS_MAX / EVENT_CHAIN_STEP + 1]; /* before event 0, 256, 512, ... */
    size_t count; /* marks that are known; all zero is an empty chain */
};

/* Forgets what it knows: to be called when events were taken back. */
void event_chain_forget(struct event_chain *chain);

/* RTMR0 to RTMR3 before the event with that index was measured; index is at most log->count,
 * for which they are the present ones. MRTD is left zero: no event moves it. */
void event_chain_before(struct event_chain *chain, const struct event_log *log, size_t index,
                        struct registers *registers);

#endif
