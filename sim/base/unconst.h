/* Dropping const, for libraries that take a pointer to what they only read and do not
 * say so: protobuf-c's messages, jansson's iterators, libuv's buffers. Nothing may be
 * written through the result. No other code casts const away. */
#ifndef BASE_UNCONST_H
#define BASE_UNCONST_H

#include <stdint.h>

static inline void *unconst(const void *constant)
{
    return (void *)(uintptr_t)constant;
}

#endif
