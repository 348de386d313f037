/* Texts with U+0000 as C strings. Each U+0000 is kept as the bytes C0 80, which UTF-8 never
 * contains, so any other text is its own C string. */
#ifndef BASE_NUL_TEXT_H
#define BASE_NUL_TEXT_H

#include "sim/base/arena.h"
#include "sim/base/span.h"

/* A UTF-8 text as a C string, in the arena. */
char *nul_text_store(struct span text, struct arena *arena);

/* The text that was stored. It is string itself, or in the arena. */
struct span nul_text_load(const char *string, struct arena *arena);

#endif
