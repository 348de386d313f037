#include "crypto/reveal.h"

/* In a file of its own, so that a program that is linked with another one takes that. */
void reveal(const void *known, size_t len)
{
    (void)known;
    (void)len;
}
