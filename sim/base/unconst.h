/* Dropping const, for libraries whose parameters lack it although they only read:
 * protobuf-c's messages, jansson's iterators, libuv's buffers. Nothing may be
 * written through the result. No other code casts const away. */
#ifndef BASE_UNCONST_H
#define BASE_UNCONST_H

#include <stdint.h>

static inline void *unconst(const void *constant)
{
    return (void *)(uintptr_t)constant;
}

#endif
