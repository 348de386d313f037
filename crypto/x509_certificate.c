#include "crypto/x509_certificate.h"

#include <string.h>

#include "crypto/der_read.h"

bool x509_certificate_key(const mbedtls_x509_crt *certificate, uint8_t public_key[static P256_PUBLIC_BYTES])
{
    return x509_key_read_spki((struct bytes){certificate->pk_raw.p, certificate->pk_raw.len}, public_key);
}

struct bytes x509_certificate_extension(const mbedtls_x509_crt *certificate, struct bytes oid)
{
    struct bytes whole = {certificate->v3_ext.p, certificate->v3_ext.len}, list, fields, found, value;

    if (!der_read(&whole, DER_SEQUENCE, &list))
        return (struct bytes){NULL, 0};
    while (der_read(&list, DER_SEQUENCE, &fields)) {
        if (!der_read(&fields, DER_OID, &found) || found.len != oid.len ||
            memcmp(found.data, oid.data, oid.len) != 0)
            continue;
        der_read(&fields, DER_BOOLEAN, &value); /* critical, which is optional */
        if (der_read(&fields, DER_OCTET_STRING, &value))
            return value;
    }
    return (struct bytes){NULL, 0};
}
