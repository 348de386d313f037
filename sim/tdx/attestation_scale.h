/* Attestations in SCALE (Substrate's SCALE codec), as Attest answers and certificates carry
 * them: a quote, its event log and its configuration, written and read.
 *
 *     version and platform, a byte each
 *     the quote
 *     the events:  u32 register, u32 type, digest, name, payload
 *     those of RTMR3 again: name, payload
 *     report data
 *     the vm_config, JSON text */
#ifndef TDX_ATTESTATION_SCALE_H
#define TDX_ATTESTATION_SCALE_H

#include "sim/base/buf.h"
#include "sim/tdx/evidence.h"

/* What does not depend on the report data, encoded once for each state of the event log. */
struct attestation_scale_parts {
    struct buf log;     /* both lists of events */
    struct buf log_cut; /* the same for certificates */
    struct buf config;  /* what follows the report data */
};

/* Everything empty; to be freed. */
void attestation_scale_init(struct attestation_scale_parts *parts);
void attestation_scale_free(struct attestation_scale_parts *parts);

/* Encodes the log and the config (vm_config text) anew. */
void attestation_scale_render(struct attestation_scale_parts *parts, const struct event_log *log,
                              struct span config);

/* A whole attestation, in the arena. quote is one over report_data. */
struct span attestation_scale_write(const struct attestation_scale_parts *parts, struct span quote,
                                    const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                    struct arena *arena);

/* The same for a certificate, which should be short: of the boot events only those of the ACPI
 * tables, which no verifier can compute, and those of RTMR3 without their digests. */
struct span attestation_scale_write_cut(const struct attestation_scale_parts *parts, struct span quote,
                                        const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                        struct arena *arena);

MUST_CHECK int attestation_scale_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                                      struct error *error);

/* Do these bytes begin as one does? */
bool attestation_scale_begins(struct span bytes);

#endif
