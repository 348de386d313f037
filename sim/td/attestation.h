/* Attestations: a quote, its event log and its configuration in one blob, in the
 * two encodings dstack speaks.
 *
 * What does not depend on the report data is encoded once for each state of the
 * event log; a request adds the quote and the report data. */
#ifndef TD_ATTESTATION_H
#define TD_ATTESTATION_H

#include "sim/tdx/attestation_msgpack.h"
#include "sim/tdx/attestation_scale.h"

struct attestation_parts {
    struct attestation_scale_parts scale;
    struct attestation_msgpack_parts msgpack;
};

/* Everything empty; to be freed. */
void attestation_parts_init(struct attestation_parts *parts);
void attestation_parts_free(struct attestation_parts *parts);

/* Encodes the log and the config (vm_config text) anew. */
void attestation_parts_render(struct attestation_parts *parts, const struct event_log *log,
                              struct span config);

/* Each writes a whole attestation into the arena. quote is one over report_data. */

/* SCALE, as Attest answers. */
struct span attestation_scale(const struct attestation_parts *parts, struct span quote,
                              const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], struct arena *arena);
/* SCALE for a certificate, with a shorter event log. */
struct span attestation_scale_cut(const struct attestation_parts *parts, struct span quote,
                                  const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                  struct arena *arena);
/* MessagePack, as in GetQuote's attestation field. */
struct span attestation_msgpack(const struct attestation_parts *parts, struct span quote,
                                const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                struct arena *arena);

#endif
