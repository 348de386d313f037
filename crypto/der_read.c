#include "crypto/der_read.h"

#include <mbedtls/asn1.h>

bool der_read(struct bytes *from, int tag, struct bytes *contents)
{
    unsigned char *at = (unsigned char *)(uintptr_t)from->data;
    const unsigned char *end;
    size_t len;

    if (from->len == 0)
        return false;
    end = at + from->len;
    if (mbedtls_asn1_get_tag(&at, end, &len, tag) != 0)
        return false;
    *contents = (struct bytes){at, len};
    *from = (struct bytes){at + len, (size_t)(end - at) - len};
    return true;
}

bool der_read_uint(struct bytes *from, uint32_t most, uint32_t *value)
{
    struct bytes rest = *from, contents;
    const uint8_t *octets;
    uint64_t sum = 0;

    if (!der_read(&rest, DER_INTEGER, &contents) || contents.len == 0 || contents.len > 5)
        return false;
    octets = contents.data;
    if (octets[0] & 0x80)
        return false;
    for (size_t i = 0; i < contents.len; i++)
        sum = sum << 8 | octets[i];
    if (sum > most)
        return false;
    *value = (uint32_t)sum;
    *from = rest;
    return true;
}
