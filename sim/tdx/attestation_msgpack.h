/* Writes and reads attestations in MessagePack, as in GetQuote's attestation field and, for event
 * logs of version 2, from Attest and in certificates: a quote, its event log and its configuration.
 * The members, in order:
 *
 *     {version: 1,
 *      platform: {kind: "tdx", data: {
 *          quote: [u8...],
 *          event_log: [{imr, event_type, digest, event, event_payload}...]}},
 *      stack: {kind: "dstack", data: {
 *          report_data: [u8...],
 *          runtime_events: [{event, payload}...],
 *          config: vm_config, JSON text}}}
 *
 * A runtime event of version 2 also has {version: 2, preimage: hex}, and {version: 2} in the list
 * of runtime events. */
#ifndef TDX_ATTESTATION_MSGPACK_H
#define TDX_ATTESTATION_MSGPACK_H

#include "sim/base/buf.h"
#include "sim/tdx/evidence.h"

/* What does not depend on the report data, encoded once; the log's lists grow with it. */
struct attestation_msgpack_parts {
    bool is_cut;     /* shortened for a certificate */
    size_t seen;     /* events of the log that have been considered */
    struct buf head; /* up to the quote */
    struct buf events;
    size_t count;
    struct buf middle;  /* from the events to the report data */
    struct buf runtime; /* the events of RTMR3 */
    size_t runtime_count;
    struct buf config; /* what follows them */
    /* How the last quote ended, and the same as integers: quotes of one platform end in the same certificates. */
    struct buf quote_end, quote_end_integers;
};

/* Makes all parts empty. Free them with attestation_msgpack_free. */
void attestation_msgpack_init(struct attestation_msgpack_parts *parts);
void attestation_msgpack_free(struct attestation_msgpack_parts *parts);

/* Encodes the log and the config (vm_config text) again. is_cut: shortened for a certificate, to the
 * events of the ACPI tables and those of RTMR3, the latter without their digests. */
void attestation_msgpack_render(struct attestation_msgpack_parts *parts, const struct event_log *log,
                                struct span config, bool is_cut);

/* Encodes what has been appended to the log since. */
void attestation_msgpack_follow(struct attestation_msgpack_parts *parts, const struct event_log *log);

/* A complete attestation, in the arena. quote must be over report_data. The parts change only in what they keep
 * of the quote. */
struct span attestation_msgpack_write(struct attestation_msgpack_parts *parts, struct span quote,
                                      const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                      struct arena *arena);

MUST_CHECK int attestation_msgpack_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                                        struct error *error);

/* Whether the bytes start like a MessagePack attestation. */
bool attestation_msgpack_begins(struct span bytes);

#endif
