/* Where a log goes: it takes what it can at once, and never waits. */
#ifndef BASE_LOG_SINK_H
#define BASE_LOG_SINK_H

#include "sim/base/span.h"

struct log_sink {
    /* Writes from the start of the bytes. Returns how many it took, 0 if none can be written now. */
    size_t (*write)(void *data, struct span bytes);
    void *data;
};

/* Standard error. A pipe that is not read takes nothing. */
struct log_sink log_sink_stderr(void);

#endif
