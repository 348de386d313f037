/* The app's certificates, issued by its CA, with dstack's private extensions (sim/keys/ra_tls.h). */
#ifndef TD_APP_CERT_H
#define TD_APP_CERT_H

#include "sim/base/arena.h"
#include "sim/keys/leaf.h"
#include "sim/td/identity.h"
#include "sim/tdx/registers.h"

struct app_cert_request {
    const char *subject; /* common name; UTF-8, may be empty */
    char *const *alt_names;
    size_t alt_name_count;
    bool ra_tls; /* embed quote, event log and attestation */
    bool server_auth;
    bool client_auth;
    bool with_app_info;         /* embed the app's identity */
    const uint64_t *not_before; /* Unix seconds, or NULL for the start of 1975 */
    const uint64_t *not_after;  /* or NULL for ten years from now */
};

/* The issuing CA, and the TD it issues for. */
struct app_cert_issuer {
    const struct app_keys *keys; /* with the app's CA */
    const struct identity *identity;
    const struct registers *registers;
    int64_t now; /* Unix seconds */
};

/* What an RA-TLS certificate carries. The quote is over ra_tls_report_data of its key. */
struct app_cert_evidence {
    struct span quote;
    struct span event_log;   /* JSON */
    struct span attestation; /* SCALE or MessagePack, see td_attestation */
};

/* Checks whether a certificate can be issued for the request. */
MUST_CHECK int app_cert_check(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                              struct error *error);

/* Issues a certificate for the key, for a request that has passed app_cert_check. evidence: only
 * needed with ra_tls. Out: PEM in the arena. */
MUST_CHECK int app_cert_issue(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                              const struct p256_key *key, const struct app_cert_evidence *evidence,
                              struct arena *arena, char **pem, struct error *error);

/* Issues the certificate of an app's own CA where there is no KMS: "App Root Cert", self-signed.
 * attestation: with a quote over ra_tls_report_data of the key. Out: PEM in the arena. */
MUST_CHECK int app_cert_issue_root(const struct p256_key *key, struct span attestation, struct arena *arena,
                                   char **pem, struct error *error);

#endif
