#include "crypto/bytes.h"

#include <nettle/memops.h>
#include <string.h>

#include "crypto/reveal.h"

void bytes_wipe(void *secret, size_t len)
{
    if (len > 0)
        explicit_bzero(secret, len);
}

bool bytes_equal_secret(const void *a, const void *b, size_t len)
{
    int is_equal = len == 0 || memeql_sec(a, b, len);

    reveal(&is_equal, sizeof is_equal);
    return is_equal != 0;
}
