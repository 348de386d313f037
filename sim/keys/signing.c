#include "sim/keys/signing.h"

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "sim/keys/path_key.h"

#define SIGNING_PATH "vms"
#define SIGNING_PURPOSE "signing"
#define DIGEST_BYTES 32
#define DIGEST_BYTES_MIN 16 /* that Verify takes */
#define SIGNATURE_BYTES 64

int signing_algorithm_by_name(const char *name, enum signing_algorithm *algorithm, struct error *error)
{
    if (strcmp(name, "secp256k1") == 0 || strcmp(name, "k256") == 0)
        *algorithm = SIGNING_SECP256K1;
    else if (strcmp(name, "secp256k1_prehashed") == 0)
        *algorithm = SIGNING_SECP256K1_PREHASHED;
    else if (strcmp(name, "ed25519") == 0)
        *algorithm = SIGNING_ED25519;
    else
        return error_quote(error, "Unsupported algorithm: \"", span_text(name),
                           "\"; use secp256k1 (or k256), secp256k1_prehashed or ed25519");
    return 0;
}

static int get_key(const struct keyring *keyring, enum signing_algorithm algorithm, const char *path,
                   const char *purpose, struct app_key *key, struct error *error)
{
    enum app_key_algorithm kind = algorithm == SIGNING_ED25519 ? APP_KEY_ED25519 : APP_KEY_SECP256K1;

    return path_key_get(keyring, kind, path, purpose, key, error);
}

int signing_path_key(const struct keyring *keyring, const char *algorithm, const char *path,
                     const char *purpose, struct app_key *key, struct error *error)
{
    enum signing_algorithm kind = SIGNING_SECP256K1;

    if (*algorithm && signing_algorithm_by_name(algorithm, &kind, error))
        return -1;
    if (kind == SIGNING_SECP256K1_PREHASHED)
        return error_input(error,
                           "Unsupported algorithm: secp256k1_prehashed is only for signing; its key is that "
                           "of secp256k1");
    return get_key(keyring, kind, path, purpose, key, error);
}

int signing_app_key(const struct keyring *keyring, enum signing_algorithm algorithm, struct app_key *key,
                    struct error *error)
{
    return get_key(keyring, algorithm, SIGNING_PATH, SIGNING_PURPOSE, key, error);
}

int signing_sign(const struct k256 *k256, enum signing_algorithm algorithm, const struct app_key *key,
                 struct span data, uint8_t signature[static 64], struct error *error)
{
    uint8_t digest[DIGEST_BYTES];

    if (algorithm == SIGNING_ED25519) {
        ed25519_sign(key->private_key, key->public_key, data.data, data.len, signature);
        return 0;
    }
    if (algorithm == SIGNING_SECP256K1)
        hash_sha256(data.data, data.len, digest);
    else if (data.len == DIGEST_BYTES)
        memcpy(digest, data.data, DIGEST_BYTES);
    else
        return error_input(error, "Pre-hashed signing requires a 32-byte digest, but received %zu bytes",
                           data.len);
    if (k256_sign(k256, key->private_key, digest, signature))
        return error_internal(error, "the signing key cannot sign");
    return 0;
}

static int verify_ed25519(struct span data, struct span signature, struct span public_key, bool *valid,
                          struct error *error)
{
    if (public_key.len != 32 || !ed25519_is_public_key(public_key.data))
        return error_input(error, "invalid public key: Ed25519 keys are points in 32 bytes");
    if (signature.len != SIGNATURE_BYTES)
        return error_input(error, "signature error: it must have 64 bytes, not %zu", signature.len);
    *valid = ed25519_verify(public_key.data, data.data, data.len, signature.data);
    return 0;
}

/* The digest that prehashed data stands for in Verify, as the k256 crate reads it: zeros on the
 * left of less than 32 bytes, the leftmost 32 of more. Returns false if it is too short. */
static bool take_digest(struct span data, uint8_t digest[static DIGEST_BYTES])
{
    size_t len = data.len < DIGEST_BYTES ? data.len : DIGEST_BYTES;

    if (len < DIGEST_BYTES_MIN)
        return false;
    memset(digest, 0, DIGEST_BYTES);
    memcpy(digest + DIGEST_BYTES - len, data.data, len);
    return true;
}

int signing_verify(const struct k256 *k256, enum signing_algorithm algorithm, struct span data,
                   struct span signature, struct span public_key, bool *valid, struct error *error)
{
    uint8_t digest[DIGEST_BYTES];

    if (algorithm == SIGNING_ED25519)
        return verify_ed25519(data, signature, public_key, valid, error);
    if (!k256_is_public_key(k256, public_key.data, public_key.len))
        return error_input(error, "invalid public key: secp256k1 keys are points in 33 or 65 bytes (SEC 1)");
    if (signature.len != SIGNATURE_BYTES || !k256_is_signature(k256, signature.data))
        return error_input(error,
                           "signature error: it must be 64 bytes, with r and s from 1 to below the group "
                           "order");
    *valid = false;
    if (algorithm == SIGNING_SECP256K1)
        hash_sha256(data.data, data.len, digest);
    else if (!take_digest(data, digest))
        return 0;
    *valid = k256_verify(k256, public_key.data, public_key.len, digest, signature.data);
    return 0;
}
