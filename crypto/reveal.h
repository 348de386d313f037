/* Where something that was computed from secrets may be known: whether a key is valid, a public key, a
 * signature. It does nothing. test/secrets puts a function in its place that tells memcheck, so that each
 * branch on anything else that was computed from secrets is found. */
#ifndef CRYPTO_REVEAL_H
#define CRYPTO_REVEAL_H

#include <stddef.h>

void reveal(const void *known, size_t len);

#endif
