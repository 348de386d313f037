#include "sim/base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/bytes.h"
#include "sim/base/memory.h"

#define BLOCK_BYTES ((size_t)64 * 1024)

struct arena_block {
    struct arena_block *next;
    size_t size; /* of memory */
    alignas(max_align_t) uint8_t memory[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static size_t round_up(size_t size)
{
    return (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

static void add_block(struct arena *arena, size_t least)
{
    size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
    struct arena_block *block = memory_alloc(sizeof *block + size);

    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *memory;

    size = round_up(size ? size : 1);
    if (!arena->blocks || arena->blocks->size - arena->used < size)
        add_block(arena, size);
    memory = arena->blocks->memory + arena->used;
    arena->used += size;
    return memory;
}

void *arena_zalloc(struct arena *arena, size_t size)
{
    return memset(arena_alloc(arena, size), 0, size);
}

char *arena_copy(struct arena *arena, const void *data, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    if (len)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    text = arena_alloc(arena, (size_t)(len < 0 ? 0 : len) + 1);
    text[0] = '\0';
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

static void free_newest(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    arena->blocks = block->next;
    bytes_wipe(block->memory, arena->used);
    arena->used = arena->blocks ? arena->blocks->size : 0; /* at most */
    free(block);
}

void arena_reset(struct arena *arena)
{
    /* Keep one block of the usual size; a larger one would hold memory for nothing. */
    while (arena->blocks && (arena->blocks->next || arena->blocks->size > BLOCK_BYTES))
        free_newest(arena);
    if (arena->blocks)
        bytes_wipe(arena->blocks->memory, arena->used);
    arena->used = 0;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks)
        free_newest(arena);
    arena->used = 0;
}
