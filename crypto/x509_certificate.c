#include "crypto/x509_certificate.h"

#include "crypto/der_read.h"
#include "crypto/x509_read.h"

bool x509_certificate_key(const mbedtls_x509_crt *certificate, uint8_t public_key[static P256_PUBLIC_BYTES])
{
    return x509_key_read_spki((struct bytes){certificate->pk_raw.p, certificate->pk_raw.len}, public_key);
}

struct bytes x509_certificate_extension(const mbedtls_x509_crt *certificate, struct bytes oid)
{
    struct bytes whole = {certificate->v3_ext.p, certificate->v3_ext.len}, list;

    return der_read(&whole, DER_SEQUENCE, &list) ? x509_read_extension_in(list, oid)
                                                 : (struct bytes){NULL, 0};
}
