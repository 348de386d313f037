/* Errors are values with a message for the user.
 *
 * A function that can fail takes a `struct error *` as its last argument and
 * returns 0 or -1; with -1 the message says what was wrong, in which field, and
 * what would be right. The first cause is kept. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "crypto/must_check.h"

enum error_kind {
    ERROR_NONE = 0,
    ERROR_INPUT,       /* the request is wrong: the caller can correct it */
    ERROR_UNAVAILABLE, /* the request is right, but no such request can succeed here */
    ERROR_INTERNAL,    /* the program's own failure */
};

struct error {
    enum error_kind kind;
    char text[512];
};

/* Each sets *error unless it is already set, and returns -1 so that
 * `return error_input(...)` reads well. Longer text is truncated. */
int error_input(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int error_unavailable(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int error_internal(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prefixes the message with "context: "; returns -1. */
int error_context(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends "; advice" to the message; returns -1. */
int error_advice(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
