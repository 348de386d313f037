#include "crypto/x509_ca.h"

#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/der_read.h"
#include "crypto/mbedtls_private.h"
#include "crypto/x509_certificate.h"

static const uint8_t oid_subject_key_id[] = {0x55, 0x1d, 0x0e};

/* Finds the certificate's subject key id, which mbedTLS 2.28 does not read.
 * Returns false if it is not X509_KEY_ID_BYTES long. */
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

/* Fills ca, except for its memory. Returns NULL, or the reason why it is not a CA. */
static const char *check_ca(struct x509_ca *ca, const mbedtls_x509_crt *certificate)
{
    if (certificate->next)
        return "there is more than one certificate; expected only the CA's";
    if (!x509_certificate_key(certificate, ca->public_key))
        return "the certificate's key is not an uncompressed P-256 key";
    if (!certificate->MBEDTLS_PRIVATE(ca_istrue))
        return "the certificate is not a CA certificate (its basic constraints do not say CA)";
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
        return "out of memory";
    ca->der_len = certificate->raw.len;
    memcpy(ca->der, certificate->raw.p, ca->der_len);
    ca->subject.data = ca->der + (certificate->subject_raw.p - certificate->raw.p);
    ca->subject.len = certificate->subject_raw.len;
    return NULL;
}

int x509_ca_read_pem(struct x509_ca *ca, const char *pem, const char **reason)
{
    mbedtls_x509_crt certificate;

    *ca = (struct x509_ca){.der = NULL};
    mbedtls_x509_crt_init(&certificate);
    /* mbedTLS includes the NUL in the length, and tells PEM from DER by it. */
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
