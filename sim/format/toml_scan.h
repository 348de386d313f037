/* The words of a TOML file (https://toml.io/en/v1.0.0): blanks, comments, keys, strings and numbers. */
#ifndef FORMAT_TOML_SCAN_H
#define FORMAT_TOML_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

struct toml_scan {
    const char *at; /* the next character; a NUL at the end */
    unsigned line;  /* from 1 */
    struct arena *arena;
    struct error *error;
};

/* Begins to read a text, which it copies into the arena. Returns -1 with an error if that has
 * characters that no TOML file may have. */
MUST_CHECK int toml_scan_begin(struct toml_scan *scan, struct span text, struct arena *arena,
                               struct error *error);

/* Sets an error that begins with the line; returns -1. */
int toml_scan_fail(struct toml_scan *scan, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Skips blanks of this line. */
void toml_scan_blanks(struct toml_scan *scan);

/* Skips blanks, comments and ends of lines. */
void toml_scan_space(struct toml_scan *scan);

/* Skips blanks and a comment; an error if anything else is left on the line. */
MUST_CHECK int toml_scan_line_end(struct toml_scan *scan);

/* Skips this character if it is next. */
bool toml_scan_take(struct toml_scan *scan, char character);

/* Reads one part of a key, bare or in quotes. Returns NULL on error. In the arena. */
const char *toml_scan_key(struct toml_scan *scan);

/* Reads a string of one line, in " or '. Returns NULL on error. In the arena, and without NUL. */
const char *toml_scan_string(struct toml_scan *scan);

/* Reads a decimal integer. */
MUST_CHECK int toml_scan_integer(struct toml_scan *scan, int64_t *integer);

/* Reads a bare word: letters, digits and any of _+-.: that a value may have. In the arena. */
const char *toml_scan_word(struct toml_scan *scan);

#endif
