/* Writes DER from its end to its start, as mbedTLS does (X.690).
 *
 * A writer starts at the end of the caller's buffer and works towards its start: the
 * inner value is written first, then der_wrap puts tag and length before it:
 *
 *     struct der der;
 *     der_init(&der, room, sizeof room);
 *     size_t mark = der_mark(&der);
 *     der_uint(&der, 5);                 second field
 *     der_oid(&der, oid, sizeof oid);    first field
 *     der_wrap(&der, mark, DER_SEQUENCE);
 *
 * Running out of room sets `has_failed`, which der_done reports at the end. */
#ifndef CRYPTO_DER_H
#define CRYPTO_DER_H

#include "crypto/bytes.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
#define DER_CONTEXT(n) (0x80 | (n))             /* [n] IMPLICIT, primitive */
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n)) /* [n], constructed */

struct der {
    uint8_t *start; /* of the caller's buffer */
    uint8_t *at;    /* first byte written so far */
    uint8_t *end;   /* after the last one */
    uint8_t *limit; /* of the buffer */
    bool has_failed;
};

void der_init(struct der *der, uint8_t *room, size_t size);
/* The same, but keeps the last bytes of the buffer free for der_append. */
void der_init_with_tail(struct der *der, uint8_t *room, size_t size, size_t tail);

/* The number of bytes written so far, as a mark for der_wrap. */
size_t der_mark(const struct der *der);

void der_raw(struct der *der, const void *data, size_t len);
/* Puts tag and length before everything written since the mark. */
void der_wrap(struct der *der, size_t mark, int tag);
/* Puts data after everything written, such as a signature after what it signs, where der_init_with_tail has
 * kept the buffer free. */
void der_append(struct der *der, const void *data, size_t len);
/* A complete value: tag, length, contents. */
void der_value(struct der *der, int tag, const void *data, size_t len);
void der_bool(struct der *der, bool value);
void der_uint(struct der *der, uint64_t value);
/* A non-negative INTEGER from big-endian bytes; leading zeros are dropped. */
void der_uint_bytes(struct der *der, const uint8_t *big_endian, size_t len);
/* An object identifier whose contents are already encoded. */
void der_oid(struct der *der, const void *oid, size_t len);
/* UTCTime until 2049, GeneralizedTime afterwards (RFC 5280, 4.1.2.5). Fails outside the
 * years 1950 to 9999. */
void der_time(struct der *der, int64_t unix_seconds);

/* What was written; data is NULL on failure. */
struct bytes der_done(const struct der *der);

#endif
