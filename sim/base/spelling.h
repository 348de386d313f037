/* Guesses what a mistyped word was meant to be. */
#ifndef BASE_SPELLING_H
#define BASE_SPELLING_H

#include <stddef.h>

#include "sim/base/error.h"

/* Longer words are not compared. */
enum { SPELLING_MAX = 64 };

/* The index-th word of a list, NULL past the last. */
typedef const char *spelling_word(size_t index);

/* The word closest to what was typed, or NULL. Allows one slip per three letters (a
 * letter missing, added, replaced or swapped with its neighbour), ignores case, and
 * also accepts any three or more consecutive letters of a word. */
const char *spelling_nearest(const char *typed, size_t len, spelling_word *word);

/* The same for a list that is only known while the program runs. */
typedef const char *spelling_word_in(const void *list, size_t index);
const char *spelling_nearest_in(const char *typed, size_t len, const void *list, spelling_word_in *word);

/* Finds text among at least two words. Out: its index. The error lists them and names the nearest. */
MUST_CHECK int spelling_find(const char *text, spelling_word *word, size_t *index, struct error *error);

#endif
