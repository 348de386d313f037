/* Certificates of the app, issued by its CA, with dstack's private extensions
 * (arc 1.3.6.1.4.1.62397.1) that make TLS carry an attestation (RA-TLS). */
#ifndef TD_APP_CERT_H
#define TD_APP_CERT_H

#include "sim/base/arena.h"
#include "sim/td/identity.h"
#include "sim/tdx/registers.h"

#define APP_CERT_ALT_NAMES_MAX 256
#define APP_CERT_NAME_BYTES_MAX 1024 /* of a subject */
#define APP_CERT_SERIAL_BYTES 16

struct app_cert_request {
    const char *subject; /* common name; UTF-8, may be empty */
    char *const *alt_names;
    size_t alt_name_count;
    bool ra_tls; /* embed quote, event log and attestation */
    bool server_auth;
    bool client_auth;
    bool with_app_info;         /* embed the app's identity */
    const uint64_t *not_before; /* Unix seconds, or NULL for a little before now */
    const uint64_t *not_after;  /* or NULL for ten years from now */
    const uint8_t *serial;      /* APP_CERT_SERIAL_BYTES, or NULL for a random one */
};

/* Who signs, and for whom. */
struct app_cert_issuer {
    const struct app_keys *keys; /* with the app's CA */
    const struct identity *identity;
    const struct registers *registers;
    int64_t now; /* Unix seconds */
};

/* What an RA-TLS certificate carries; the quote is one over report_data_ra_tls of its key. */
struct app_cert_evidence {
    struct span quote;
    struct span event_log;   /* JSON */
    struct span attestation; /* SCALE */
};

/* Whether a certificate can be issued for such a request; or a sentence. */
MUST_CHECK int app_cert_check(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                              struct error *error);

/* Issues a certificate for the key, for a request that app_cert_check has let pass. evidence:
 * needed if the request says ra_tls. Out: PEM in the arena. */
MUST_CHECK int app_cert_issue(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                              const struct p256_key *key, const struct app_cert_evidence *evidence,
                              struct arena *arena, char **pem, struct error *error);

#endif
