/* Reads the evidence in a request: hex and JSON as GetQuote returns them, or an attestation in one
 * of its two forms. */
#ifndef VERIFY_EVIDENCE_READ_H
#define VERIFY_EVIDENCE_READ_H

#include "sim/tdx/evidence.h"

/* The fields of a request; empty if absent. */
struct evidence_request {
    struct span quote;       /* hex */
    struct span event_log;   /* JSON array */
    struct span vm_config;   /* JSON object */
    struct span attestation; /* hex; if present, the others are ignored */
};

/* Reads an attestation in one of its two forms. The result points into it. */
MUST_CHECK int evidence_read_attestation(struct span attestation, struct arena *arena,
                                         struct evidence *evidence, struct error *error);

/* Reads a quote and its event log in JSON, without vm_config. The result points into them. */
MUST_CHECK int evidence_read_quote(struct span quote, struct span event_log, struct arena *arena,
                                   struct evidence *evidence, struct error *error);

/* Reads the fields of a request. */
MUST_CHECK int evidence_read(const struct evidence_request *request, struct arena *arena,
                             struct evidence *evidence, struct error *error);

#endif
