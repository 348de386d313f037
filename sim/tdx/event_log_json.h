/* The event log as JSON: an array of {imr, event_type, digest, event, event_payload}. */
#ifndef TDX_EVENT_LOG_JSON_H
#define TDX_EVENT_LOG_JSON_H

#include "sim/tdx/evidence.h"

MUST_CHECK int event_log_json_read(struct evidence *evidence, struct span text, struct arena *arena,
                                   struct error *error);

#endif
