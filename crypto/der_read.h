/* DER read value by value (X.690). A face of mbedTLS's ASN.1 reader. */
#ifndef CRYPTO_DER_READ_H
#define CRYPTO_DER_READ_H

#include "crypto/bytes.h"
#include "crypto/der.h"

/* Takes the value with that tag off the beginning of *from.
 * Out: its contents, in the same memory.
 * False, and nothing changed, when there is another tag or the value is truncated. */
bool der_read(struct bytes *from, int tag, struct bytes *contents);

/* The same for a non-negative INTEGER of at most `most`. */
bool der_read_uint(struct bytes *from, uint32_t most, uint32_t *value);

#endif
