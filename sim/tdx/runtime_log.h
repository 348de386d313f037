/* The runtime events of a TD as dstack's guest keeps them in its file runtime_events.log (dstack,
 * cc-eventlog): a line of JSON for each, {event, payload}, the payload in base64, and for an event of version 2
 * also {version}. The digests are not in it: they follow from the rest. */
#ifndef TDX_RUNTIME_LOG_H
#define TDX_RUNTIME_LOG_H

#include "sim/base/arena.h"
#include "sim/tdx/event_log.h"

/* The longest line that runtime_log_read takes: of the largest event, with everything escaped. */
#define RUNTIME_LOG_LINE_BYTES_MAX                                                                           \
    ((size_t)(EVENT_PAYLOAD_BYTES_MAX * 4 / 3 + 6 * EVENT_NAME_BYTES_MAX + 128))

/* Appends the events of RTMR3 that are logged. */
void runtime_log_write(const struct event_log *log, struct buf *out);

/* Reads a line without its newline. Its texts are in the arena. */
MUST_CHECK int runtime_log_read(struct span text, struct arena *arena, struct event_log_line *line,
                                struct error *error);

#endif
