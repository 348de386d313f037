/* Heap allocation that cannot fail.
 *
 * Every size that comes from outside is checked against a limit before it gets
 * here, so failure means that the machine is out of memory: the process says so
 * and aborts. Free with free(). */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t size);
void *memory_zalloc(size_t size);
void *memory_grow(void *old, size_t size);
/* The same, and wipes where it was if it had to be moved: old_size bytes. */
void *memory_move(void *old, size_t old_size, size_t size);
char *memory_copy(const void *data, size_t len); /* adds a NUL after the copy */

/* Lets large blocks return to the system when they are freed, but keeps up to a megabyte of what small ones had.
 * By itself glibc stops returning large ones once one has been freed, and the holes between them stay resident.
 * Call it once, before they are needed. */
void memory_return_large(void);

#endif
