/* Writes and reads attestations in SCALE (Substrate's SCALE codec), as Attest returns and
 * certificates carry them: a quote, its event log and its configuration. Only for event logs of
 * version 1, as it has no place for preimages.
 *
 *     version and platform, one byte each
 *     the quote
 *     the events:  u32 register, u32 type, digest, name, payload
 *     the events of RTMR3 again: name, payload
 *     report data
 *     the vm_config, JSON text */
#ifndef TDX_ATTESTATION_SCALE_H
#define TDX_ATTESTATION_SCALE_H

#include "sim/base/buf.h"
#include "sim/tdx/evidence.h"

/* What does not depend on the report data, encoded once; the log's lists grow with it. */
struct attestation_scale_parts {
    size_t seen;           /* events of the log that have been looked at ... */
    size_t count;          /* ... and encoded: those that are logged */
    struct buf events;     /* these */
    struct buf events_cut; /* those of them that are for certificates */
    size_t cut_count;
    struct buf runtime; /* those of RTMR3 */
    size_t runtime_count;
    struct buf config; /* what follows the report data */
};

/* Makes all parts empty. Free them with attestation_scale_free. */
void attestation_scale_init(struct attestation_scale_parts *parts);
void attestation_scale_free(struct attestation_scale_parts *parts);

/* Encodes the log and the config (vm_config text) again. */
void attestation_scale_render(struct attestation_scale_parts *parts, const struct event_log *log,
                              struct span config);

/* Encodes what has been appended to the log since. */
void attestation_scale_follow(struct attestation_scale_parts *parts, const struct event_log *log);

/* A complete attestation, in the arena. quote must be over report_data. */
struct span attestation_scale_write(const struct attestation_scale_parts *parts, struct span quote,
                                    const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                    struct arena *arena);

/* The same, shortened for a certificate: of the boot events only those of the ACPI tables, which
 * no verifier can compute, and the events of RTMR3 without their digests. */
struct span attestation_scale_write_cut(const struct attestation_scale_parts *parts, struct span quote,
                                        const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                        struct arena *arena);

MUST_CHECK int attestation_scale_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                                      struct error *error);

/* Whether the bytes start like a SCALE attestation. */
bool attestation_scale_begins(struct span bytes);

#endif
