#include "crypto/k256.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "crypto/reveal.h"

struct k256 {
    secp256k1_context *context;
};

struct k256 *k256_new(void)
{
    struct k256 *k256 = malloc(sizeof *k256);
    uint8_t blind[32];

    if (!k256)
        abort();
    k256->context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    /* Blinds the arithmetic on secrets; signatures stay the same. */
    random_bytes(blind, sizeof blind);
    if (!secp256k1_context_randomize(k256->context, blind))
        abort();
    bytes_wipe(blind, sizeof blind);
    return k256;
}

void k256_free(struct k256 *k256)
{
    if (!k256)
        return;
    secp256k1_context_destroy(k256->context);
    free(k256);
}

/* Whether the library could do it. */
static bool is_done(int result)
{
    reveal(&result, sizeof result);
    return result == 1;
}

int k256_public_key(const struct k256 *k256, const uint8_t key32[static 32], uint8_t public33[static 33])
{
    size_t len = K256_PUBLIC_BYTES;
    secp256k1_pubkey key;

    memset(public33, 0, K256_PUBLIC_BYTES);
    if (!is_done(secp256k1_ec_pubkey_create(k256->context, &key, key32)))
        return -1;
    reveal(&key, sizeof key);
    secp256k1_ec_pubkey_serialize(k256->context, public33, &len, &key, SECP256K1_EC_COMPRESSED);
    return 0;
}

int k256_sign(const struct k256 *k256, const uint8_t key32[static 32], const uint8_t digest32[static 32],
              uint8_t signature64[static 64])
{
    secp256k1_ecdsa_signature signature;

    memset(signature64, 0, K256_SIGNATURE_BYTES);
    if (!is_done(secp256k1_ecdsa_sign(k256->context, &signature, digest32, key32,
                                      secp256k1_nonce_function_rfc6979, NULL)))
        return -1;
    reveal(&signature, sizeof signature);
    secp256k1_ecdsa_signature_serialize_compact(k256->context, signature64, &signature);
    return 0;
}

int k256_sign_recoverable(const struct k256 *k256, const uint8_t key32[static 32],
                          const uint8_t digest32[static 32], uint8_t signature65[static 65])
{
    secp256k1_ecdsa_recoverable_signature signature;
    int recovery_id = 0;

    memset(signature65, 0, K256_RECOVERABLE_BYTES);
    if (!is_done(secp256k1_ecdsa_sign_recoverable(k256->context, &signature, digest32, key32,
                                                  secp256k1_nonce_function_rfc6979, NULL)))
        return -1;
    reveal(&signature, sizeof signature);
    secp256k1_ecdsa_recoverable_signature_serialize_compact(k256->context, signature65, &recovery_id,
                                                            &signature);
    signature65[64] = (uint8_t)recovery_id;
    return 0;
}

int k256_recover(const struct k256 *k256, const uint8_t digest32[static 32],
                 const uint8_t signature65[static 65], uint8_t public33[static 33])
{
    secp256k1_ecdsa_recoverable_signature signature;
    size_t len = K256_PUBLIC_BYTES;
    secp256k1_pubkey key;

    memset(public33, 0, K256_PUBLIC_BYTES);
    if (signature65[64] > 3 ||
        !secp256k1_ecdsa_recoverable_signature_parse_compact(k256->context, &signature, signature65,
                                                             signature65[64]) ||
        !secp256k1_ecdsa_recover(k256->context, &key, &signature, digest32))
        return -1;
    secp256k1_ec_pubkey_serialize(k256->context, public33, &len, &key, SECP256K1_EC_COMPRESSED);
    return 0;
}

/* The library also accepts the hybrid form (06, 07), which others refuse. */
static bool parse_public_key(const struct k256 *k256, secp256k1_pubkey *key, const uint8_t *public_key,
                             size_t len)
{
    if (len != K256_PUBLIC_BYTES && (len != 65 || public_key[0] != 0x04))
        return false;
    return secp256k1_ec_pubkey_parse(k256->context, key, public_key, len) == 1;
}

bool k256_is_public_key(const struct k256 *k256, const uint8_t *public_key, size_t len)
{
    secp256k1_pubkey key;

    return parse_public_key(k256, &key, public_key, len);
}

bool k256_is_signature(const struct k256 *k256, const uint8_t signature64[static 64])
{
    static const uint8_t zeros[32] = {0};
    secp256k1_ecdsa_signature signature;

    return memcmp(signature64, zeros, 32) != 0 && memcmp(signature64 + 32, zeros, 32) != 0 &&
           secp256k1_ecdsa_signature_parse_compact(k256->context, &signature, signature64) == 1;
}

bool k256_verify(const struct k256 *k256, const uint8_t *public_key, size_t public_key_len,
                 const uint8_t digest32[static 32], const uint8_t signature64[static 64])
{
    secp256k1_pubkey key;
    secp256k1_ecdsa_signature signature;

    return parse_public_key(k256, &key, public_key, public_key_len) &&
           secp256k1_ecdsa_signature_parse_compact(k256->context, &signature, signature64) == 1 &&
           secp256k1_ecdsa_verify(k256->context, &signature, digest32, &key) == 1;
}
