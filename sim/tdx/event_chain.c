#include "sim/tdx/event_chain.h"

#include <string.h>

void event_chain_forget(struct event_chain *chain)
{
    chain->count = 0;
}

static void replay(const struct event_log *log, size_t from, size_t to, struct registers *registers)
{
    for (size_t i = from; i < to; i++)
        registers_extend(registers, log->events[i].imr, log->events[i].digest);
}

void event_chain_before(struct event_chain *chain, const struct event_log *log, size_t index,
                        struct registers *registers)
{
    size_t mark = index / EVENT_CHAIN_STEP;

    if (chain->count == 0) {
        memset(&chain->marks[0], 0, sizeof chain->marks[0]); /* a TD starts with zeros */
        chain->count = 1;
    }
    for (; chain->count <= mark; chain->count++) {
        size_t last = chain->count - 1;

        chain->marks[chain->count] = chain->marks[last];
        replay(log, last * EVENT_CHAIN_STEP, chain->count * EVENT_CHAIN_STEP, &chain->marks[chain->count]);
    }
    *registers = chain->marks[mark];
    replay(log, mark * EVENT_CHAIN_STEP, index, registers);
}
