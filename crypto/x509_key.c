#include "crypto/x509_key.h"

#include <mbedtls/pk.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/mbedtls_private.h"
#include "crypto/pem.h"
#include "crypto/random.h"

/* The start of a SubjectPublicKeyInfo, before x || y: id-ecPublicKey, prime256v1, and a
 * BIT STRING that starts with 04. */
static const uint8_t spki_head[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
};

/* PrivateKeyInfo (RFC 5208) around an ECPrivateKey (RFC 5915), with the curve named only in the
 * former: the bytes before the scalar, and between it and x || y. */
static const uint8_t pkcs8_head[] = {
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
};
static const uint8_t pkcs8_middle[] = {0xa1, 0x44, 0x03, 0x42, 0x00, 0x04};

_Static_assert(sizeof spki_head + P256_PUBLIC_BYTES == X509_SPKI_BYTES, "SubjectPublicKeyInfo");
_Static_assert(sizeof pkcs8_head + 32 + sizeof pkcs8_middle + P256_PUBLIC_BYTES == X509_PKCS8_BYTES,
               "PKCS#8");

void x509_key_spki(const uint8_t public_key[static P256_PUBLIC_BYTES], uint8_t spki[static X509_SPKI_BYTES])
{
    memcpy(spki, spki_head, sizeof spki_head);
    memcpy(spki + sizeof spki_head, public_key, P256_PUBLIC_BYTES);
}

bool x509_key_read_spki(struct bytes spki, uint8_t public_key[static P256_PUBLIC_BYTES])
{
    if (spki.len != X509_SPKI_BYTES || memcmp(spki.data, spki_head, sizeof spki_head) != 0)
        return false;
    memcpy(public_key, (const uint8_t *)spki.data + sizeof spki_head, P256_PUBLIC_BYTES);
    return true;
}

#define POINT_BYTES (1 + P256_PUBLIC_BYTES)

static void write_point(const uint8_t public_key[static P256_PUBLIC_BYTES], uint8_t point[static POINT_BYTES])
{
    point[0] = 0x04; /* uncompressed */
    memcpy(point + 1, public_key, P256_PUBLIC_BYTES);
}

void x509_key_id(const uint8_t public_key[static P256_PUBLIC_BYTES], uint8_t id[static X509_KEY_ID_BYTES])
{
    uint8_t point[POINT_BYTES];

    write_point(public_key, point);
    hash_sha1_key_id(point, sizeof point, id);
}

void x509_key_serial(const uint8_t public_key[static P256_PUBLIC_BYTES],
                     uint8_t serial[static X509_KEY_SERIAL_BYTES])
{
    uint8_t point[POINT_BYTES], digest[32];

    write_point(public_key, point);
    hash_sha256(point, sizeof point, digest);
    memcpy(serial, digest, X509_KEY_SERIAL_BYTES);
    serial[0] &= 0x7f;
}

void x509_key_pkcs8(const struct p256_key *key, uint8_t pkcs8[static X509_PKCS8_BYTES])
{
    uint8_t *at = pkcs8;

    memcpy(at, pkcs8_head, sizeof pkcs8_head);
    at += sizeof pkcs8_head;
    memcpy(at, key->scalar, sizeof key->scalar);
    at += sizeof key->scalar;
    memcpy(at, pkcs8_middle, sizeof pkcs8_middle);
    at += sizeof pkcs8_middle;
    memcpy(at, key->public_key, P256_PUBLIC_BYTES);
}

void x509_key_write_pem(const struct p256_key *key, char pem[static X509_KEY_PEM_CHARS + 1])
{
    uint8_t pkcs8[X509_PKCS8_BYTES];

    x509_key_pkcs8(key, pkcs8);
    pem[pem_encode_secret("PRIVATE KEY", pkcs8, sizeof pkcs8, sizeof pkcs8_head, sizeof key->scalar, pem)] =
        '\0';
    bytes_wipe(pkcs8, sizeof pkcs8);
}

#if MBEDTLS_VERSION_NUMBER < 0x03000000
static int parse_key(mbedtls_pk_context *pk, const char *pem)
{
    return mbedtls_pk_parse_key(pk, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0);
}
#else
static int give_random(void *context, unsigned char *out, size_t len)
{
    (void)context;
    random_bytes(out, len);
    return 0;
}

static int parse_key(mbedtls_pk_context *pk, const char *pem)
{
    return mbedtls_pk_parse_key(pk, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0, give_random, NULL);
}
#endif

/* Whether the file's public key, which mbedTLS read or computed, matches the scalar. */
static bool public_key_fits(const struct p256_key *key, const mbedtls_ecp_keypair *pair)
{
    uint8_t point[1 + P256_PUBLIC_BYTES];
    size_t len;

    return mbedtls_ecp_point_write_binary(&pair->MBEDTLS_PRIVATE(grp), &pair->MBEDTLS_PRIVATE(Q),
                                          MBEDTLS_ECP_PF_UNCOMPRESSED, &len, point, sizeof point) == 0 &&
           memcmp(point + 1, key->public_key, P256_PUBLIC_BYTES) == 0;
}

/* Returns NULL, or the reason why it is not a P-256 key. */
static const char *take_key(struct p256_key *key, const mbedtls_pk_context *pk)
{
    const mbedtls_ecp_keypair *pair;
    uint8_t scalar[32];
    bool fits;

    if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY ||
        mbedtls_pk_ec(*pk)->MBEDTLS_PRIVATE(grp).id != MBEDTLS_ECP_DP_SECP256R1)
        return "the private key is not on P-256 (prime256v1)";
    pair = mbedtls_pk_ec(*pk);
    fits = mbedtls_mpi_write_binary(&pair->MBEDTLS_PRIVATE(d), scalar, sizeof scalar) == 0 &&
           p256_key_from_scalar(key, scalar) == 0 && public_key_fits(key, pair);
    bytes_wipe(scalar, sizeof scalar);
    return fits ? NULL : "its private and public keys do not match";
}

int x509_key_read_pem(struct p256_key *key, const char *pem, const char **reason)
{
    mbedtls_pk_context pk;

    mbedtls_pk_init(&pk);
    if (parse_key(&pk, pem) != 0)
        *reason = "the text is not a PEM private key (PKCS#8 or SEC 1, without a password)";
    else
        *reason = take_key(key, &pk);
    mbedtls_pk_free(&pk);
    if (!*reason)
        return 0;
    bytes_wipe(key, sizeof *key);
    return -1;
}
