#include "sim/base/spelling.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* How many letters have to be inserted, deleted, replaced or swapped with their
 * neighbour to turn one word into the other; each letter is changed at most once. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][SPELLING_MAX]; /* for prefixes of a: this length, one less, two less */

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *earlier = rows[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            now[j] = least(before[j], now[j - 1]) + 1;
            now[j] = least(now[j], before[j - 1] + !same(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

static bool is_part(const char *whole, const char *part, size_t part_len)
{
    size_t len = strlen(whole);

    for (size_t at = 0; part_len >= 3 && at + part_len <= len; at++)
        if (strncasecmp(whole + at, part, part_len) == 0)
            return true;
    return false;
}

const char *spelling_nearest_in(const char *typed, size_t len, const void *list, spelling_word_in *word)
{
    const char *nearest = NULL;
    const char *candidate;
    size_t best = len / 3 + 1; /* the first distance that is too far */

    if (len < 2 || len >= SPELLING_MAX)
        return NULL;
    if (best == 1)
        best = 2;
    for (size_t i = 0; (candidate = word(list, i)); i++) {
        size_t candidate_len = strlen(candidate);
        size_t distance =
            candidate_len < SPELLING_MAX ? edit_distance(typed, len, candidate, candidate_len) : best;

        if (distance < best) {
            nearest = candidate;
            best = distance;
        }
    }
    for (size_t i = 0; !nearest && (candidate = word(list, i)); i++)
        if (is_part(candidate, typed, len))
            nearest = candidate;
    return nearest;
}

static const char *word_of(const void *list, size_t index)
{
    return (*(spelling_word *const *)list)(index);
}

const char *spelling_nearest(const char *typed, size_t len, spelling_word *word)
{
    return spelling_nearest_in(typed, len, &word, word_of);
}

static int unknown(const char *text, spelling_word *word, struct error *error)
{
    const char *meant = spelling_nearest(text, strlen(text), word);
    bool two = !word(2);
    char words[200] = "";
    size_t len = 0;

    for (size_t i = 0; word(i) && len < sizeof words; i++)
        len += (size_t)snprintf(words + len, sizeof words - len, "%s%s",
                                i == 0 ? ""
                                : two  ? " nor "
                                       : ", ",
                                word(i));
    return error_quote(error, "\"", span_of(text, strnlen(text, 60)), "\" is %s %s%s%s%s",
                       two ? "neither" : "not one of", words, meant ? "; did you mean " : "",
                       meant ? meant : "", meant ? "?" : "");
}

int spelling_find(const char *text, spelling_word *word, size_t *index, struct error *error)
{
    for (size_t i = 0; word(i); i++) {
        if (strcmp(word(i), text) == 0) {
            *index = i;
            return 0;
        }
    }
    return unknown(text, word, error);
}
