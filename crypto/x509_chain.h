/* Reads and verifies chains of certificates from outside (RFC 5280, 6), by mbedTLS.
 *
 * Dates are compared with a time that is passed in, never with the clock. Reasons
 * are static sentences. */
#ifndef CRYPTO_X509_CHAIN_H
#define CRYPTO_X509_CHAIN_H

#include "crypto/must_check.h"
#include "crypto/p256_memory.h"

struct x509_chain;

/* Reads exactly `count` PEM certificates, leaf first. The text must be exactly what pem_encode
 * writes for them, so that a chain has only one text; a NUL may follow. Returns NULL and a reason
 * if it is not. */
struct x509_chain *x509_chain_read_pem(const char *pem, size_t len, size_t count, const char **reason);
void x509_chain_free(struct x509_chain *chain);

struct x509_chain_trust {
    struct bytes root;        /* DER: the only anchor, and the chain's last certificate */
    const struct bytes *crls; /* DER; one of each issuer in the chain is needed */
    size_t crl_count;
    int64_t now;                /* Unix seconds */
    struct p256_memory *memory; /* or NULL */
};

/* Returns 0 if the chain is valid at that time and nothing in it is revoked, or -1 and the
 * reason. */
MUST_CHECK int x509_chain_verify(struct x509_chain *chain, const struct x509_chain_trust *trust,
                                 const char **reason);

/* Whether the common name of certificate `index` (0: the leaf) is exactly this text. */
bool x509_chain_name_is(const struct x509_chain *chain, size_t index, const char *common_name);

/* The leaf's P-256 key. Returns false for any other key. */
bool x509_chain_leaf_key(const struct x509_chain *chain, uint8_t public_key[static P256_PUBLIC_BYTES]);

/* The DER inside the leaf's extension with that identifier; valid as long as the chain.
 * data is NULL if there is none. */
struct bytes x509_chain_leaf_extension(const struct x509_chain *chain, struct bytes oid);

#endif
