#include "crypto/bytes.h"

#include <nettle/memops.h>
#include <string.h>

void bytes_wipe(void *secret, size_t len)
{
    if (len > 0)
        explicit_bzero(secret, len);
}

bool bytes_equal_secret(const void *a, const void *b, size_t len)
{
    return len == 0 || memeql_sec(a, b, len) != 0;
}
