#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/der_read.h"
#include "crypto/random.h"
#include "crypto/x509_certificate.h"

/* mbedTLS 3 renames the fields it has not promised to keep. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_PRIVATE(member) member
#endif

static const uint8_t oid_subject_key_id[] = {0x55, 0x1d, 0x0e};

/* Finds the certificate's subject key id, of which mbedTLS 2.28 knows nothing.
 * Returns false when there is one that is not X509_KEY_ID_BYTES long. */
static bool find_key_id(const mbedtls_x509_crt *certificate, uint8_t key_id[static X509_KEY_ID_BYTES])
{
    const struct bytes oid = {oid_subject_key_id, sizeof oid_subject_key_id};
    struct bytes extension = x509_certificate_extension(certificate, oid), id;
    if (!extension.data)
        return true;
    if (!der_read(&extension, DER_OCTET_STRING, &id) || id.len != X509_KEY_ID_BYTES)
        return false;
    memcpy(key_id, id.data, X509_KEY_ID_BYTES);
    return true;
}

/* Fills ca but for its memory. Returns NULL, or the reason it is none. */
static const char *check_ca(struct x509_ca *ca, const mbedtls_x509_crt *certificate)
{
    if (certificate->next)
        return "there is more than one certificate; give the CA's alone";
    if (!x509_certificate_key(certificate, ca->public_key))
        return "the certificate's key is not an uncompressed P-256 key";
    if (!certificate->MBEDTLS_PRIVATE(ca_istrue))
        return "the certificate is not a CA's (its basic constraints do not say CA)";
    if (mbedtls_x509_crt_check_key_usage(certificate, MBEDTLS_X509_KU_KEY_CERT_SIGN) != 0)
        return "the certificate's key usage does not include signing certificates";
    x509_key_id(ca->public_key, ca->key_id);
    if (!find_key_id(certificate, ca->key_id))
        return "the certificate's subject key identifier is not 20 bytes long";
    return NULL;
}

/* Copies the DER, so that spans into it outlive mbedTLS's structure. */
static const char *copy_der(struct x509_ca *ca, const mbedtls_x509_crt *certificate)
{
    ca->der = malloc(certificate->raw.len);
    if (!ca->der)
        return "there is no memory for the certificate";
    ca->der_len = certificate->raw.len;
    memcpy(ca->der, certificate->raw.p, ca->der_len);
    ca->subject.data = ca->der + (certificate->subject_raw.p - certificate->raw.p);
    ca->subject.len = certificate->subject_raw.len;
    return NULL;
}

int x509_ca_read_pem(struct x509_ca *ca, const char *pem, const char **reason)
{
    *ca = (struct x509_ca){.der = NULL};
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt_init(&certificate);
    /* mbedTLS counts the NUL, and tells PEM from DER by it. */
    if (mbedtls_x509_crt_parse(&certificate, (const unsigned char *)pem, strlen(pem) + 1) != 0)
        *reason = "the text is not a PEM certificate (-----BEGIN CERTIFICATE-----)";
    else if (!(*reason = check_ca(ca, &certificate)))
        *reason = copy_der(ca, &certificate);
    mbedtls_x509_crt_free(&certificate);
    if (!*reason)
        return 0;
    x509_ca_free(ca);
    return -1;
}

void x509_ca_free(struct x509_ca *ca)
{
    free(ca->der);
    *ca = (struct x509_ca){.der = NULL};
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

/* Does the file's public key, which mbedTLS read or computed, belong to the scalar? */
static bool public_key_fits(const struct p256_key *key, const mbedtls_ecp_keypair *pair)
{
    uint8_t point[1 + P256_PUBLIC_BYTES];
    size_t len;
    return mbedtls_ecp_point_write_binary(&pair->MBEDTLS_PRIVATE(grp), &pair->MBEDTLS_PRIVATE(Q),
                                          MBEDTLS_ECP_PF_UNCOMPRESSED, &len, point, sizeof point) == 0 &&
           memcmp(point + 1, key->public_key, P256_PUBLIC_BYTES) == 0;
}

/* Returns NULL, or the reason it is no key on P-256. */
static const char *take_key(struct p256_key *key, const mbedtls_pk_context *pk)
{
    if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY ||
        mbedtls_pk_ec(*pk)->MBEDTLS_PRIVATE(grp).id != MBEDTLS_ECP_DP_SECP256R1)
        return "the private key is not on P-256 (prime256v1)";
    const mbedtls_ecp_keypair *pair = mbedtls_pk_ec(*pk);
    uint8_t scalar[32];
    bool fits = mbedtls_mpi_write_binary(&pair->MBEDTLS_PRIVATE(d), scalar, sizeof scalar) == 0 &&
                p256_key_from_scalar(key, scalar) == 0 && public_key_fits(key, pair);
    bytes_wipe(scalar, sizeof scalar);
    return fits ? NULL : "the private and the public key in it do not belong together";
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
