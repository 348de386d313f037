#include "sim/base/memory.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/bytes.h"

#define LARGE_BYTES (1024 * 1024)
#define HUGE_BYTES (4 * 1024 * 1024) /* two of the usual huge pages */

/* Asks for huge pages, where the system leaves that to the program: to get megabytes page by page takes longer than
 * to read what is put there. All pages of the memory are asked for, because the system can move it only as long as
 * it treats them alike; otherwise realloc copies it. */
static void advise(void *memory)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)memory / page * page;
    const uintptr_t to = (uintptr_t)memory + malloc_usable_size(memory);

    (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
}

static void *checked(void *memory, size_t size)
{
    if (!memory) {
        fprintf(stderr, "dstack-simulator: out of memory: the system refused %zu bytes\n", size);
        abort();
    }
    if (size >= HUGE_BYTES)
        advise(memory);
    return memory;
}

void *memory_alloc(size_t size)
{
    return checked(malloc(size ? size : 1), size);
}

void *memory_zalloc(size_t size)
{
    return checked(calloc(1, size ? size : 1), size);
}

void *memory_grow(void *old, size_t size)
{
    return checked(realloc(old, size ? size : 1), size);
}

void *memory_move(void *old, size_t old_size, size_t size)
{
    void *moved;

    /* Pages of what is large are moved, and not copied. */
    if (old_size >= LARGE_BYTES)
        return memory_grow(old, size);
    moved = memory_alloc(size);
    if (old_size > 0)
        memcpy(moved, old, old_size < size ? old_size : size);
    if (old_size > 0)
        bytes_wipe(old, old_size);
    free(old);
    return moved;
}

char *memory_copy(const void *data, size_t len)
{
    char *copy = memory_alloc(len + 1);

    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

void memory_return_large(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    mallopt(M_TRIM_THRESHOLD, LARGE_BYTES); /* for what smaller blocks need in each request again */
#endif
}
