#include "crypto/hash.h"

#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <string.h>

#define KECCAK_STATE_BYTES 200

static const struct {
    const char *name;
    size_t bytes;
    const struct nettle_hash *hash; /* NULL for the Keccak family */
} algorithms[] = {
    [HASH_SHA256] = {"sha256", 32, &nettle_sha256},
    [HASH_SHA384] = {"sha384", 48, &nettle_sha384},
    [HASH_SHA512] = {"sha512", 64, &nettle_sha512},
    [HASH_SHA3_256] = {"sha3-256", 32, &nettle_sha3_256},
    [HASH_SHA3_384] = {"sha3-384", 48, &nettle_sha3_384},
    [HASH_SHA3_512] = {"sha3-512", 64, &nettle_sha3_512},
    [HASH_KECCAK256] = {"keccak256", 32, NULL},
    [HASH_KECCAK384] = {"keccak384", 48, NULL},
    [HASH_KECCAK512] = {"keccak512", 64, NULL},
};

union context {
    struct sha256_ctx sha256;
    struct sha512_ctx sha512; /* also for SHA-384 */
    struct sha3_256_ctx sha3_256;
    struct sha3_384_ctx sha3_384;
    struct sha3_512_ctx sha3_512;
};

/* The original Keccak sponge, before FIPS 202 appended two bits to the message. */
struct keccak {
    struct sha3_state state;
    size_t rate; /* bytes per block */
    size_t at;   /* offset in the block, below rate */
};

int hash_by_name(const char *name, enum hash_algorithm *algorithm)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (strcmp(algorithms[i].name, name) == 0) {
            *algorithm = (enum hash_algorithm)i;
            return 0;
        }
    return -1;
}

/* Lanes are little-endian on every machine. */
static void keccak_xor(struct keccak *keccak, size_t at, uint8_t byte)
{
    keccak->state.a[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

static void keccak_absorb(struct keccak *keccak, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        keccak_xor(keccak, keccak->at++, data[i]);
        if (keccak->at == keccak->rate) {
            sha3_permute(&keccak->state);
            keccak->at = 0;
        }
    }
}

/* The digest is always shorter than one block. */
static void keccak_finish(struct keccak *keccak, uint8_t *out, size_t len)
{
    keccak_xor(keccak, keccak->at, 0x01);
    keccak_xor(keccak, keccak->rate - 1, 0x80);
    sha3_permute(&keccak->state);
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(keccak->state.a[i / 8] >> (8 * (i % 8)));
}

static void keccak_parts(const struct bytes *parts, size_t count, uint8_t *out, size_t out_len)
{
    struct keccak keccak = {.rate = KECCAK_STATE_BYTES - 2 * out_len};

    for (size_t i = 0; i < count; i++)
        keccak_absorb(&keccak, parts[i].data, parts[i].len);
    keccak_finish(&keccak, out, out_len);
}

void hash_parts(enum hash_algorithm algorithm, const struct bytes *parts, size_t count, uint8_t *out)
{
    size_t out_len = algorithms[algorithm].bytes;
    const struct nettle_hash *hash = algorithms[algorithm].hash;
    union context context;

    if (!hash) {
        keccak_parts(parts, count, out, out_len);
        return;
    }
    hash->init(&context);
    for (size_t i = 0; i < count; i++)
        if (parts[i].len > 0)
            hash->update(&context, parts[i].len, parts[i].data);
    hash->digest(&context, out_len, out);
}

void hash_sha256(const void *data, size_t len, uint8_t out[static 32])
{
    hash_parts(HASH_SHA256, &(struct bytes){data, len}, 1, out);
}

void hash_sha384(const void *data, size_t len, uint8_t out[static 48])
{
    hash_parts(HASH_SHA384, &(struct bytes){data, len}, 1, out);
}

void hash_sha1_key_id(const void *data, size_t len, uint8_t out[static 20])
{
    struct sha1_ctx context;

    sha1_init(&context);
    sha1_update(&context, len, data);
    sha1_digest(&context, SHA1_DIGEST_SIZE, out);
}
