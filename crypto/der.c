#include "crypto/der.h"

#include <mbedtls/asn1write.h>
#include <string.h>
#include <time.h>

/* Dates outside these years are not written. */
#define FIRST_YEAR 1950
#define LAST_UTC_YEAR 2049
#define LAST_YEAR 9999

#define UTC_TIME 0x17
#define GENERALIZED_TIME 0x18

void der_init(struct der *der, uint8_t *room, size_t size)
{
    der_init_with_tail(der, room, size, 0);
}

void der_init_with_tail(struct der *der, uint8_t *room, size_t size, size_t tail)
{
    uint8_t *end = room + (tail < size ? size - tail : 0);

    *der = (struct der){.start = room, .at = end, .end = end, .limit = room + size};
}

size_t der_mark(const struct der *der)
{
    return (size_t)(der->end - der->at);
}

void der_raw(struct der *der, const void *data, size_t len)
{
    if (der->has_failed || len == 0)
        return;
    if (mbedtls_asn1_write_raw_buffer(&der->at, der->start, data, len) < 0)
        der->has_failed = true;
}

void der_wrap(struct der *der, size_t mark, int tag)
{
    if (der->has_failed)
        return;
    if (mbedtls_asn1_write_len(&der->at, der->start, der_mark(der) - mark) < 0 ||
        mbedtls_asn1_write_tag(&der->at, der->start, (unsigned char)tag) < 0)
        der->has_failed = true;
}

void der_append(struct der *der, const void *data, size_t len)
{
    if (der->has_failed || (size_t)(der->limit - der->end) < len) {
        der->has_failed = true;
        return;
    }
    if (len > 0)
        memcpy(der->end, data, len);
    der->end += len;
}

void der_value(struct der *der, int tag, const void *data, size_t len)
{
    size_t mark = der_mark(der);

    der_raw(der, data, len);
    der_wrap(der, mark, tag);
}

void der_bool(struct der *der, bool value)
{
    der_value(der, DER_BOOLEAN, value ? "\xff" : "\x00", 1);
}

void der_uint(struct der *der, uint64_t value)
{
    uint8_t big_endian[8];

    bytes_put_be64(big_endian, value);
    der_uint_bytes(der, big_endian, sizeof big_endian);
}

void der_uint_bytes(struct der *der, const uint8_t *big_endian, size_t len)
{
    size_t mark = der_mark(der);

    while (len > 0 && *big_endian == 0) {
        big_endian++;
        len--;
    }
    der_raw(der, big_endian, len);
    /* Zero takes one byte, and a set first bit would make the number negative. */
    if (len == 0 || *big_endian >= 0x80)
        der_raw(der, "\0", 1);
    der_wrap(der, mark, DER_INTEGER);
}

void der_oid(struct der *der, const void *oid, size_t len)
{
    der_value(der, DER_OID, oid, len);
}

void der_time(struct der *der, int64_t unix_seconds)
{
    time_t seconds = (time_t)unix_seconds;
    char text[sizeof "YYYYMMDDhhmmssZ"];
    struct tm tm;
    size_t len;
    bool utc;

    if (!gmtime_r(&seconds, &tm) || tm.tm_year < FIRST_YEAR - 1900 || tm.tm_year > LAST_YEAR - 1900) {
        der->has_failed = true;
        return;
    }
    utc = tm.tm_year <= LAST_UTC_YEAR - 1900;
    len = strftime(text, sizeof text, utc ? "%y%m%d%H%M%SZ" : "%Y%m%d%H%M%SZ", &tm);
    der_value(der, utc ? UTC_TIME : GENERALIZED_TIME, text, len);
}

struct bytes der_done(const struct der *der)
{
    if (der->has_failed)
        return (struct bytes){NULL, 0};
    return (struct bytes){der->at, der_mark(der)};
}
