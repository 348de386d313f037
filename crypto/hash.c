#include "crypto/hash.h"

#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <string.h>

static const struct {
    const char *name;
    const struct nettle_hash *hash;
    bool is_keccak; /* the sponge before FIPS 202 appended two bits to the message */
} algorithms[] = {
    [HASH_SHA256] = {"sha256", &nettle_sha256, false},
    [HASH_SHA384] = {"sha384", &nettle_sha384, false},
    [HASH_SHA512] = {"sha512", &nettle_sha512, false},
    [HASH_SHA3_256] = {"sha3-256", &nettle_sha3_256, false},
    [HASH_SHA3_384] = {"sha3-384", &nettle_sha3_384, false},
    [HASH_SHA3_512] = {"sha3-512", &nettle_sha3_512, false},
    [HASH_KECCAK256] = {"keccak256", &nettle_sha3_256, true},
    [HASH_KECCAK384] = {"keccak384", &nettle_sha3_384, true},
    [HASH_KECCAK512] = {"keccak512", &nettle_sha3_512, true},
};

union context {
    struct sha256_ctx sha256;
    struct sha512_ctx sha512; /* also for SHA-384 */
    struct sha3_256_ctx sha3_256;
    struct sha3_384_ctx sha3_384;
    struct sha3_512_ctx sha3_512;
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

static size_t update(const struct nettle_hash *hash, union context *context, const struct bytes *parts,
                     size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0)
            hash->update(context, parts[i].len, parts[i].data);
        len += parts[i].len;
    }
    return len;
}

/* Pads to the end of a block, which is so absorbed, and reads the digest, which is shorter than a block, from the
 * state, with which each context of the family begins. */
static void finish_keccak(const struct nettle_hash *hash, union context *context, size_t len, uint8_t *out)
{
    const size_t left = hash->block_size - len % hash->block_size;
    uint8_t padding[SHA3_256_BLOCK_SIZE] = {0x01};

    padding[left - 1] |= 0x80;
    hash->update(context, left, padding);
    for (size_t i = 0; i < hash->digest_size / 8; i++)
        bytes_put_le64(out + 8 * i, context->sha3_256.state.a[i]);
}

void hash_parts(enum hash_algorithm algorithm, const struct bytes *parts, size_t count, uint8_t *out)
{
    const struct nettle_hash *hash = algorithms[algorithm].hash;
    union context context;
    size_t len;

    hash->init(&context);
    len = update(hash, &context, parts, count);
    if (algorithms[algorithm].is_keccak)
        finish_keccak(hash, &context, len, out);
    else
        hash->digest(&context, hash->digest_size, out);
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
