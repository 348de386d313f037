/* Whose recoverable signature is it? As a client finds out, without crypto/. */
#ifndef TEST_K256_RECOVER_H
#define TEST_K256_RECOVER_H

#include <secp256k1_recovery.h>

#include "vectors.h"

#include "crypto/k256.h"

static inline void recover_signer(const uint8_t digest32[static 32], const uint8_t signature65[static 65],
                                  uint8_t public33[static 33])
{
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    secp256k1_ecdsa_recoverable_signature signature;
    size_t len = K256_PUBLIC_BYTES;
    secp256k1_pubkey key;

    assert_in_range(signature65[64], 0, 3);
    assert_true(secp256k1_ecdsa_recoverable_signature_parse_compact(context, &signature, signature65,
                                                                    signature65[64]));
    assert_true(secp256k1_ecdsa_recover(context, &key, &signature, digest32));
    secp256k1_ec_pubkey_serialize(context, public33, &len, &key, SECP256K1_EC_COMPRESSED);
    secp256k1_context_destroy(context);
}

#endif
