/* A hash with a random key, for tables of what strangers name: without the key no two texts can be found that have
 * the same hash. It is not a message authentication code: from hashes the key could be found. */
#ifndef BASE_KEYED_HASH_H
#define BASE_KEYED_HASH_H

#include "sim/base/span.h"

#define KEYED_HASH_BITS 32u

/* Of a text and of the number of the table, or of a part of it, that the text is in. */
uint32_t keyed_hash(const uint64_t key[static 2], uint32_t table, struct span text);

#endif
