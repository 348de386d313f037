/* The event log: what was measured into RTMR0 to RTMR3, in order.
 *
 * Appending an event also extends the registers, so that replaying the log always
 * gives their values. */
#ifndef TDX_EVENT_LOG_H
#define TDX_EVENT_LOG_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/tdx/event.h"

#define EVENT_NAME_BYTES_MAX 256            /* longest name */
#define EVENT_PAYLOAD_BYTES_MAX (64 * 1024) /* largest payload */
#define EVENT_LOG_BYTES_MAX (1024 * 1024)   /* names and payloads together */
#define EVENT_LOG_EVENTS_MAX 4096

struct event_log {
    struct event *events;
    size_t count;
    size_t capacity;
    size_t bytes;               /* of names and payloads */
    enum event_version version; /* of the events that event_log_emit appends */
    struct arena texts;         /* owns names, payloads and preimages */
};

/* An empty log of version 1. */
void event_log_init(struct event_log *log);
void event_log_free(struct event_log *log);

/* Frees `log` and makes it a copy of `other`. */
void event_log_copy(struct event_log *log, const struct event_log *other);

/* Appends a copy of a boot event with its digest and extends registers->rtmr[imr]. */
void event_log_measure(struct event_log *log, struct registers *registers, const struct event *event);

/* Appends a runtime event and extends RTMR3. name is NUL-terminated UTF-8.
 * Fails if the name is empty or a limit above would be exceeded; then nothing changes. */
MUST_CHECK int event_log_emit(struct event_log *log, struct registers *registers, const char *name,
                              struct span payload, struct error *error);

/* Extends RTMR2 or RTMR3 by a digest that some program made, and remembers it as an event that is not
 * logged: what is shown of the log lacks it, so that its replay differs from the register, as in a real
 * TD, where only the program knows what was measured. Fails if the log is full. */
MUST_CHECK int event_log_extend(struct event_log *log, struct registers *registers, unsigned imr,
                                const uint8_t digest[static REGISTER_BYTES], struct error *error);

/* What was measured by an extension. */
struct event_log_line {
    const char *name; /* NUL-terminated UTF-8 */
    struct span payload;
    enum event_version version;
};

/* Turns the oldest extension of RTMR3 that has the line's digest and is not logged into that event. Fails
 * if there is none, or as event_log_emit; then nothing changes. */
MUST_CHECK int event_log_tell(struct event_log *log, const struct event_log_line *line, struct error *error);

#endif
