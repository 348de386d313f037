#include "crypto/x509_signed.h"

#include <string.h>

#include "crypto/der.h"
#include "crypto/der_read.h"
#include "crypto/hash.h"

#define INTEGER_BYTES (P256_SIGNATURE_BYTES / 2)

/* A positive INTEGER of at most 32 bytes, big-endian with zeros in front. */
static bool read_integer(struct bytes *from, uint8_t out[static INTEGER_BYTES])
{
    struct bytes value;
    const uint8_t *digits;
    size_t len;

    if (!der_read(from, DER_INTEGER, &value) || value.len == 0)
        return false;
    digits = value.data;
    len = value.len;
    if (digits[0] & 0x80)
        return false; /* negative */
    if (len > 1 && digits[0] == 0) {
        if (!(digits[1] & 0x80))
            return false; /* not the shortest form */
        digits++;
        len--;
    }
    if (len > INTEGER_BYTES)
        return false;
    memset(out, 0, INTEGER_BYTES - len);
    memcpy(out + INTEGER_BYTES - len, digits, len);
    return true;
}

bool x509_signed_signature(struct bytes der, uint8_t signature[static P256_SIGNATURE_BYTES])
{
    struct bytes numbers;

    return der_read(&der, DER_SEQUENCE, &numbers) && der.len == 0 && read_integer(&numbers, signature) &&
           read_integer(&numbers, signature + INTEGER_BYTES) && numbers.len == 0;
}

size_t x509_signed_write(const uint8_t signature[static P256_SIGNATURE_BYTES],
                         uint8_t der[static X509_SIGNED_SIGNATURE_BYTES])
{
    struct der out;
    struct bytes done;

    der_init(&out, der, X509_SIGNED_SIGNATURE_BYTES);
    der_uint_bytes(&out, signature + INTEGER_BYTES, INTEGER_BYTES);
    der_uint_bytes(&out, signature, INTEGER_BYTES);
    der_wrap(&out, 0, DER_SEQUENCE);
    done = der_done(&out);
    memmove(der, done.data, done.len);
    return done.len;
}

/* In a BIT STRING without unused bits. */
static bool read_signature(struct bytes bits, uint8_t signature[static P256_SIGNATURE_BYTES])
{
    return bits.len > 0 && ((const uint8_t *)bits.data)[0] == 0 &&
           x509_signed_signature((struct bytes){(const uint8_t *)bits.data + 1, bits.len - 1}, signature);
}

static bool is_ecdsa_with_sha256(struct bytes algorithm)
{
    static const uint8_t oid[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
    struct bytes found;

    return der_read(&algorithm, DER_OID, &found) && algorithm.len == 0 && found.len == sizeof oid &&
           memcmp(found.data, oid, sizeof oid) == 0;
}

bool x509_signed_by(struct p256_memory *memory, struct bytes der,
                    const uint8_t public_key[static P256_PUBLIC_BYTES])
{
    uint8_t digest[32], signature[P256_SIGNATURE_BYTES];
    struct bytes whole, contents, algorithm, bits;
    const uint8_t *signed_part;

    if (!der_read(&der, DER_SEQUENCE, &whole) || der.len != 0)
        return false;
    signed_part = whole.data;
    if (!der_read(&whole, DER_SEQUENCE, &contents))
        return false;
    hash_sha256(signed_part, (size_t)((const uint8_t *)whole.data - signed_part), digest);
    return der_read(&whole, DER_SEQUENCE, &algorithm) && is_ecdsa_with_sha256(algorithm) &&
           der_read(&whole, DER_BIT_STRING, &bits) && whole.len == 0 && read_signature(bits, signature) &&
           p256_memory_verify(memory, public_key, digest, signature);
}
