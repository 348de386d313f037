/* What proves a TD, in the one form that checks work on: a quote, its event log, the vm_config.
 *
 * The readers of the encodings that carry it fill it: event_log_json.h, attestation_scale.h and
 * attestation_msgpack.h. Everything read lives in the arena. */
#ifndef TDX_EVIDENCE_H
#define TDX_EVIDENCE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/tdx/event_log.h"
#include "sim/tdx/quote_format.h"

#define EVIDENCE_EVENTS_MAX (EVENT_LOG_EVENTS_MAX + 1024) /* most events; a log of ours holds fewer */

struct evidence {
    struct span quote;
    struct event *events; /* a digest of zeros stands for one that was left out */
    size_t count;
    struct span vm_config; /* JSON text */
    bool has_report_data;  /* beside the quote, as attestations have it */
    uint8_t report_data[QUOTE_REPORT_DATA_BYTES];
};

struct evidence_event {
    uint64_t imr;
    uint64_t type;
    struct span digest; /* 48 bytes, or none for a runtime event */
    struct span name;
    struct span payload;
};

/* Appends an event when it is one. */
MUST_CHECK int evidence_add_event(struct evidence *evidence, const struct evidence_event *event,
                                  struct arena *arena, struct error *error);

/* An attestation lists its runtime events a second time. They must be those of the event
 * log, and are appended when that has none. Zero it, call add for each, then end. */
struct evidence_runtime {
    bool has_started;
    bool appends;
    size_t next; /* event of the log */
};
MUST_CHECK int evidence_add_runtime(struct evidence *evidence, struct evidence_runtime *runtime,
                                    struct span name, struct span payload, struct arena *arena,
                                    struct error *error);
MUST_CHECK int evidence_end_runtime(const struct evidence *evidence, struct evidence_runtime *runtime,
                                    struct error *error);

MUST_CHECK int evidence_set_report_data(struct evidence *evidence, struct span report_data,
                                        struct error *error);

#endif
