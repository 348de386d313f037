/* Chains of certificates from outside, and whether they are to be trusted
 * (RFC 5280, 6). A face of mbedTLS, which does the verifying.
 *
 * Dates are compared with a time that is passed in, never with the clock. Reasons
 * are static sentences. */
#ifndef CRYPTO_X509_CHAIN_H
#define CRYPTO_X509_CHAIN_H

#include "crypto/must_check.h"
#include "crypto/p256.h"

struct x509_chain;

/* Reads exactly `count` PEM certificates, leaf first. The text must be what
 * pem_encode writes, one after another, so that there is one text for a chain; a NUL
 * may follow. NULL and a reason when it is not. */
struct x509_chain *x509_chain_read_pem(const char *pem, size_t len, size_t count, const char **reason);
void x509_chain_free(struct x509_chain *chain);

struct x509_chain_trust {
    struct bytes root;        /* DER: the one anchor, and the chain's last certificate */
    const struct bytes *crls; /* DER; there must be one of each issuer in the chain */
    size_t crl_count;
    int64_t now; /* Unix seconds */
};

/* Returns 0 when the chain is good at that time and nothing in it is revoked, or -1
 * and the reason. */
MUST_CHECK int x509_chain_verify(struct x509_chain *chain, const struct x509_chain_trust *trust,
                                 const char **reason);

/* Is the common name of certificate `index` (0: the leaf) exactly this text? */
bool x509_chain_name_is(const struct x509_chain *chain, size_t index, const char *common_name);

/* The leaf's P-256 key. False when its key is another. */
bool x509_chain_leaf_key(const struct x509_chain *chain, uint8_t public_key[static P256_PUBLIC_BYTES]);

/* The DER inside the leaf's extension of that identifier; lives as long as the chain.
 * data is NULL when there is none. */
struct bytes x509_chain_leaf_extension(const struct x509_chain *chain, struct bytes oid);

#endif
