/* Writes and reads the event log as JSON, as GetQuote returns it: an array of {imr, event_type,
 * digest, event, event_payload}, with digest and payload in hex, and for an event of version 2 also
 * {version, preimage}, the latter in hex. */
#ifndef TDX_EVENT_LOG_JSON_H
#define TDX_EVENT_LOG_JSON_H

#include "sim/base/buf.h"
#include "sim/tdx/evidence.h"

/* Writes the rest of such an array: what follows its first `count` elements, with the bracket that
 * closes it. */
void event_log_json_write_rest(struct buf *out, const struct event_log *log, size_t count);

/* Appends its events to the evidence. */
MUST_CHECK int event_log_json_read(struct evidence *evidence, struct span text, struct arena *arena,
                                   struct error *error);

#endif
