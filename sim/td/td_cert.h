/* The certificates that an app's CA issues for its TD. */
#ifndef TD_TD_CERT_H
#define TD_TD_CERT_H

#include "sim/td/td.h"

/* A certificate for the key, issued by the app's CA. Out: PEM in the arena. */
MUST_CHECK int td_cert_issue(const struct td *td, const struct app_cert_request *request,
                             const struct p256_key *key, struct arena *arena, char **pem,
                             struct error *error);

/* Checks whether a certificate can be asked for so. */
MUST_CHECK int td_cert_check(const struct td *td, const struct app_cert_request *request,
                             struct error *error);

#define TD_CERT_OWN_SUBJECT "demo-cert"

/* This TD's RA-TLS certificate and the CAs above it, in PEM. Key, serial and dates stay the same
 * while it runs. Returns NULL with an error if it cannot be issued. */
const struct text *td_cert_own(const struct td *td, struct error *error);

#endif
