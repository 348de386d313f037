#include "crypto/x509_read.h"

#include <string.h>

#include "crypto/der_read.h"

#define FIELDS_BEFORE_KEY 4 /* signature algorithm, issuer, validity, subject */

/* Leaves the key and what follows it. */
static bool skip_to_key(struct bytes certificate, struct bytes *rest)
{
    struct bytes whole, skipped;

    if (!der_read(&certificate, DER_SEQUENCE, &whole) || !der_read(&whole, DER_SEQUENCE, rest))
        return false;
    der_read(rest, DER_CONTEXT_CONSTRUCTED(0), &skipped); /* the version, which is optional */
    if (!der_read(rest, DER_INTEGER, &skipped))
        return false;
    for (int i = 0; i < FIELDS_BEFORE_KEY; i++)
        if (!der_read(rest, DER_SEQUENCE, &skipped))
            return false;
    return true;
}

bool x509_read_key(struct bytes certificate, uint8_t public_key[static P256_PUBLIC_BYTES])
{
    struct bytes rest, contents;
    const uint8_t *start;

    if (!skip_to_key(certificate, &rest))
        return false;
    start = rest.data;
    return der_read(&rest, DER_SEQUENCE, &contents) &&
           x509_key_read_spki((struct bytes){start, (size_t)((const uint8_t *)rest.data - start)},
                              public_key);
}

static bool find_extensions(struct bytes certificate, struct bytes *list)
{
    struct bytes rest, skipped, wrapped;

    if (!skip_to_key(certificate, &rest) || !der_read(&rest, DER_SEQUENCE, &skipped))
        return false;
    der_read(&rest, DER_CONTEXT(1), &skipped); /* unique identifiers, which are optional */
    der_read(&rest, DER_CONTEXT(2), &skipped);
    return der_read(&rest, DER_CONTEXT_CONSTRUCTED(3), &wrapped) && der_read(&wrapped, DER_SEQUENCE, list);
}

struct bytes x509_read_extension_in(struct bytes list, struct bytes oid)
{
    struct bytes fields, found, value;

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

struct bytes x509_read_extension(struct bytes certificate, struct bytes oid)
{
    struct bytes list;

    return find_extensions(certificate, &list) ? x509_read_extension_in(list, oid) : (struct bytes){NULL, 0};
}

bool x509_read_octets(struct bytes value, struct bytes *octets)
{
    return der_read(&value, DER_OCTET_STRING, octets) && value.len == 0;
}
