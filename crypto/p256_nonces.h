/* The generator of nonces of RFC 6979, 3.2, for P-256 and SHA-256: the same key and digest always
 * give the same numbers, and only the holder of the key can predict them. */
#ifndef CRYPTO_P256_NONCES_H
#define CRYPTO_P256_NONCES_H

#include <nettle/hmac.h>

#include "crypto/bytes.h"

/* A secret: wipe it after use. */
struct p256_nonces {
    struct hmac_sha256_ctx k; /* with K of the specification for its key */
    uint8_t v[32];
    bool has_drawn;
};

/* The order of the group, big-endian. */
extern const uint8_t p256_nonces_order[32];

/* scalar32, digest32: big-endian; the digest may be above the order. */
void p256_nonces_init(struct p256_nonces *nonces, const uint8_t scalar32[static 32],
                      const uint8_t digest32[static 32]);

/* The next nonce, big-endian. It need not be below the order: then draw again. */
void p256_nonces_draw(struct p256_nonces *nonces, uint8_t nonce32[static 32]);

/* After a nonce has been drawn: a number that is as secret, and never used as a nonce. */
void p256_nonces_draw_blind(struct p256_nonces *nonces, uint8_t blind32[static 32]);

#endif
