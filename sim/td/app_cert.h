/* Certificates of the app, issued by its CA, with dstack's private extensions
 * (arc 1.3.6.1.4.1.62397.1) that make TLS carry an attestation (RA-TLS). */
#ifndef TD_APP_CERT_H
#define TD_APP_CERT_H

#include "sim/td/td.h"

#define APP_CERT_ALT_NAMES_MAX 256
#define APP_CERT_NAME_BYTES_MAX 1024 /* longest subject */

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
};

/* Issues a certificate for the key. Out: PEM in the arena. */
MUST_CHECK int app_cert_issue(struct td *td, const struct app_cert_request *request,
                              const struct p256_key *key, struct arena *arena, char **pem,
                              struct error *error);

/* This TD's own certificate and its CA's, PEM on the heap: the one Info shows. Its
 * key, serial and dates stay the same while the TD runs. */
char *app_cert_write_own(struct td *td, size_t *len);

#endif
