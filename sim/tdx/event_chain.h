/* The registers before and after each event of the log.
 *
 * The log holds only digests, so earlier register values have to be replayed. The chain keeps the
 * registers of every EVENT_CHAIN_STEP events, so that a replay takes at most that many hashes. */
#ifndef TDX_EVENT_CHAIN_H
#define TDX_EVENT_CHAIN_H

#include "sim/tdx/event_log.h"

#define EVENT_CHAIN_STEP 256

struct event_chain {
    struct registers marks[EVENT_LOG_EVENTS_MAX / EVENT_CHAIN_STEP + 1]; /* before event 0, 256, 512, ... */
    size_t count; /* marks that are known; an all-zero struct is an empty chain */
};

/* Clears the chain. Must be called after events were reverted. */
void event_chain_forget(struct event_chain *chain);

/* RTMR0 to RTMR3 before the event with that index was measured. index is at most log->count,
 * which gives the current values. MRTD stays zero, as no event changes it. */
void event_chain_before(struct event_chain *chain, const struct event_log *log, size_t index,
                        struct registers *registers);

#endif
