/* Reads DER values (X.690), by mbedTLS. */
#ifndef CRYPTO_DER_READ_H
#define CRYPTO_DER_READ_H

#include "crypto/bytes.h"
#include "crypto/der.h"

/* Takes the value with that tag off the front of *from.
 * Out: its contents, in the same memory.
 * Returns false and changes nothing if the tag differs or the value is truncated. */
bool der_read(struct bytes *from, int tag, struct bytes *contents);

/* The same for a non-negative INTEGER up to `most`. */
bool der_read_uint(struct bytes *from, uint32_t most, uint32_t *value);

#endif
