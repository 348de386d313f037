/* Attestations in MessagePack, as GetQuote's attestation field has them: a quote, its event log
 * and its configuration, written and read. The members, in their order:
 *
 *     {version: 1,
 *      platform: {kind: "tdx", data: {
 *          quote: [u8...],
 *          event_log: [{imr, event_type, digest, event, event_payload}...]}},
 *      stack: {kind: "dstack", data: {
 *          report_data: [u8...],
 *          runtime_events: [{event, payload}...],
 *          config: vm_config, JSON text}}} */
#ifndef TDX_ATTESTATION_MSGPACK_H
#define TDX_ATTESTATION_MSGPACK_H

#include "sim/base/buf.h"
#include "sim/tdx/evidence.h"

/* What does not depend on the report data, encoded once for each state of the event log. */
struct attestation_msgpack_parts {
    struct buf head; /* up to the quote */
    struct buf log;  /* from the quote to the report data */
    struct buf tail; /* what follows the report data */
};

/* Everything empty; to be freed. */
void attestation_msgpack_init(struct attestation_msgpack_parts *parts);
void attestation_msgpack_free(struct attestation_msgpack_parts *parts);

/* Encodes the log and the config (vm_config text) anew. */
void attestation_msgpack_render(struct attestation_msgpack_parts *parts, const struct event_log *log,
                                struct span config);

/* A whole attestation, in the arena. quote is one over report_data. */
struct span attestation_msgpack_write(const struct attestation_msgpack_parts *parts, struct span quote,
                                      const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                      struct arena *arena);

MUST_CHECK int attestation_msgpack_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                                        struct error *error);

/* Do these bytes begin as one does? */
bool attestation_msgpack_begins(struct span bytes);

#endif
