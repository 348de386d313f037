#include "sim/base/fnv1a.h"

#define OFFSET_BASIS 2166136261u
#define PRIME 16777619u

uint32_t fnv1a(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint32_t hash = OFFSET_BASIS;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ bytes[i]) * PRIME;
    return hash;
}
