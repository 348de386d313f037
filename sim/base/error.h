/* Errors are values with a message for the user.
 *
 * A function that can fail takes a `struct error *` as its last argument and
 * returns 0 or -1; with -1 the message says what was wrong, in which field, and
 * what would be right. The first cause is kept. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "crypto/must_check.h"
#include "sim/base/span.h"

#define ERROR_TEXT_BYTES 512 /* with NUL; longer text is truncated, but not within a character */
#define ERROR_QUOTE_MAX 160  /* bytes of what a message quotes */

enum error_kind {
    ERROR_NONE = 0,
    ERROR_INPUT,       /* the request is wrong: the caller can correct it */
    ERROR_UNAVAILABLE, /* the request is right, but no such request can succeed here */
    ERROR_PENDING,     /* none yet: another program is asked first, then the call is made again */
    ERROR_INTERNAL,    /* the program's own failure */
};

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_BYTES];
    size_t quote_at, quote_len; /* private: the part of text that error_quote quotes */
};

/* Makes it one that is not set, as a struct of zeros is. */
void error_clear(struct error *error);

/* Each sets *error unless it is already set, and returns -1 so that
 * `return error_input(...)` reads well. Longer text is truncated. */
int error_input(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int error_unavailable(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int error_pending(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int error_internal(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Like error_input, for a message that repeats what the caller sent: `before`, at most
 * ERROR_QUOTE_MAX bytes of `quoted`, and what `after` formats. The caller may see all of it, a log
 * only error_reason. Nothing that was sent may get into the message of a failed call in any other
 * way. (What verify/ finds is an answer, not logged.) */
int error_quote(struct error *error, const char *before, struct span quoted, const char *after, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for a number, in decimal digits between the two texts. */
int error_quote_number(struct error *error, const char *before, uint64_t number, const char *after);

/* The message with "..." in place of what it quotes, truncated to size. */
void error_reason(const struct error *error, char *out, size_t size);

/* Prefixes the message with "context: "; returns -1. */
int error_context(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends "; advice" to the message; returns -1. */
int error_advice(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
