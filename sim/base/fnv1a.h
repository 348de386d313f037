/* The FNV-1a hash (draft-eastlake-fnv), for tables of bounded size. */
#ifndef BASE_FNV1A_H
#define BASE_FNV1A_H

#include <stddef.h>
#include <stdint.h>

uint32_t fnv1a(const void *data, size_t len);

#endif
