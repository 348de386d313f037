/* What a mistyped word may have meant. */
#ifndef BASE_SPELLING_H
#define BASE_SPELLING_H

#include <stddef.h>

/* Longer words are not compared. */
enum { SPELLING_MAX = 64 };

/* The index-th word of a list, NULL past the last. */
typedef const char *spelling_word(size_t index);

/* The word that is nearest to what was typed, or NULL: one slip in three letters is
 * forgiven (a letter left out, put in, replaced or swapped with its neighbour; upper
 * and lower case are the same), and a part of three letters is enough. */
const char *spelling_nearest(const char *typed, size_t len, spelling_word *word);

#endif
