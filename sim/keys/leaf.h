/* The certificates that a CA of dstack issues for keys of others: an app's, and the KMS's own. */
#ifndef KEYS_LEAF_H
#define KEYS_LEAF_H

#include "crypto/x509_key.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/keys/ra_tls.h"

#define LEAF_ALT_NAMES_MAX 256
#define LEAF_NAME_BYTES_MAX 1024 /* of a subject or an organisation */
#define LEAF_PRIVATE_MAX 6

struct leaf_request {
    const char *subject;  /* common name; UTF-8, may be empty */
    const char *org_name; /* or NULL */
    char *const *alt_names;
    size_t alt_name_count;
    bool is_for_servers; /* extended key usage */
    bool is_for_clients;
    const uint64_t *not_before; /* Unix seconds, or NULL for the start of 1975 */
    const uint64_t *not_after;  /* or NULL for ten years from now */
};

/* Private extensions, in their order. */
struct leaf_private {
    struct {
        enum ra_tls_extension which;
        struct span value;
    } list[LEAF_PRIVATE_MAX];
    size_t count;
};
void leaf_private_add(struct leaf_private *extensions, enum ra_tls_extension which, struct span value);

struct leaf_issuer {
    struct bytes name;     /* DER Name */
    const uint8_t *key_id; /* X509_KEY_ID_BYTES */
    const struct p256_key *key;
    int64_t now; /* Unix seconds */
};

/* Checks whether a certificate can be issued for the request. */
MUST_CHECK int leaf_check(const struct leaf_request *request, int64_t now, struct error *error);

/* Issues a certificate for the key, for a request that has passed leaf_check. Out: PEM in the arena. */
MUST_CHECK int leaf_issue(const struct leaf_issuer *issuer, const struct leaf_request *request,
                          const uint8_t public_key[static P256_PUBLIC_BYTES],
                          const struct leaf_private *extensions, struct arena *arena, char **pem,
                          struct error *error);

#endif
