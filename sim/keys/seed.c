#include "sim/keys/seed.h"

#include "crypto/hash.h"
#include "crypto/hkdf.h"

static const char salt[] = "dstack-simulator";

void seed_init(struct seed *seed, const char *text)
{
    hash_sha256(text, strlen(text), seed->key);
}

static void derive(const struct seed *seed, const char *label, struct span which, struct span attempt,
                   uint8_t *out, size_t len)
{
    const struct bytes info[] = {
        {label, strlen(label)},
        {"/", 1},
        {which.data, which.len},
        {attempt.data, attempt.len},
    };

    hkdf_sha256((struct bytes){salt, sizeof salt - 1}, (struct bytes){seed->key, sizeof seed->key}, info,
                sizeof info / sizeof *info, out, len);
}

void seed_bytes(const struct seed *seed, const char *label, struct span which, uint8_t *out, size_t len)
{
    derive(seed, label, which, SPAN_NONE, out, len);
}

void seed_p256(const struct seed *seed, const char *label, struct span which, struct p256_key *key)
{
    uint8_t scalar[32];
    uint8_t attempt = 0;

    /* One candidate in 2^32 is not a valid scalar. */
    do
        derive(seed, label, which, span_of(&attempt, 1), scalar, sizeof scalar);
    while (p256_key_from_scalar(key, scalar) != 0 && attempt++ < UINT8_MAX);
    bytes_wipe(scalar, sizeof scalar);
}
