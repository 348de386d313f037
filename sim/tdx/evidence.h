/* The evidence about a TD, in the one form that the checks use: quote, event log and vm_config.
 *
 * It is filled by the readers of its encodings: event_log_json.h, attestation_scale.h and
 * attestation_msgpack.h. Everything they read is in the arena. */
#ifndef TDX_EVIDENCE_H
#define TDX_EVIDENCE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/tdx/event_log.h"
#include "sim/tdx/quote_format.h"

#define EVIDENCE_EVENTS_MAX (EVENT_LOG_EVENTS_MAX + 1024) /* the simulator's own logs hold fewer */

struct evidence {
    struct span quote;
    struct event *events; /* a digest of zeros means that it was left out */
    size_t count;
    struct span vm_config; /* JSON text */
    bool has_report_data;  /* a copy outside the quote, as in attestations */
    uint8_t report_data[QUOTE_REPORT_DATA_BYTES];
};

struct evidence_event {
    uint64_t imr;
    uint64_t type;
    struct span digest; /* 48 bytes, or none for a runtime event */
    struct span name;
    struct span payload;
    uint64_t version;     /* an enum event_version */
    struct span preimage; /* or none */
};

/* Checks an event and appends it. Whether a runtime event's digest and preimage are right is for
 * replay_verify to say. */
MUST_CHECK int evidence_add_event(struct evidence *evidence, const struct evidence_event *event,
                                  struct arena *arena, struct error *error);

/* An attestation lists its runtime events a second time. They must equal those of the event log,
 * or are appended if the log has none. Zero the struct, call add for each event, then end. */
struct evidence_runtime {
    bool has_started;
    bool appends;
    size_t next; /* index of the next event in the log */
};

struct evidence_listed {
    struct span name;
    struct span payload;
    uint64_t version; /* an enum event_version */
};
MUST_CHECK int evidence_add_runtime(struct evidence *evidence, struct evidence_runtime *runtime,
                                    const struct evidence_listed *listed, struct arena *arena,
                                    struct error *error);
MUST_CHECK int evidence_end_runtime(const struct evidence *evidence, struct evidence_runtime *runtime,
                                    struct error *error);

MUST_CHECK int evidence_set_report_data(struct evidence *evidence, struct span report_data,
                                        struct error *error);

#endif
