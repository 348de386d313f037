/* Evidence as requests carry it: hex and JSON as GetQuote answers, or an attestation in one of
 * its two forms. */
#ifndef VERIFY_EVIDENCE_READ_H
#define VERIFY_EVIDENCE_READ_H

#include "sim/tdx/evidence.h"

/* The texts of a request, empty where there was none. */
struct evidence_request {
    struct span quote;       /* hex */
    struct span event_log;   /* JSON array */
    struct span vm_config;   /* JSON object */
    struct span attestation; /* hex; when there is one, the others do not count */
};

MUST_CHECK int evidence_read(const struct evidence_request *request, struct arena *arena,
                             struct evidence *evidence, struct error *error);

#endif
