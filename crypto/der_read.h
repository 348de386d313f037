/* DER read value by value (X.690). A face of mbedTLS's ASN.1 reader. */
#ifndef CRYPTO_DER_READ_H
#define CRYPTO_DER_READ_H

#include "crypto/bytes.h"
#include "crypto/der.h"

/* Takes the value with that tag off the front of *from.
 * Out: its contents, in the same memory.
 * False, and nothing changed, when another tag stands there or the value is cut. */
bool der_read(struct bytes *from, int tag, struct bytes *contents);

/* The same for a non-negative INTEGER of at most `most`. */
bool der_read_uint(struct bytes *from, uint32_t most, uint32_t *value);

#endif
