/* Errors are values with a sentence for the user.
 *
 * A function that can fail takes a `struct error *` last and returns 0 or -1;
 * with -1 the sentence says what was wrong, which field, and what would be
 * right. The first cause is the one that is kept. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "crypto/must_check.h"

enum error_kind {
    ERROR_NONE = 0,
    ERROR_INPUT,    /* what was asked for is wrong: the caller can correct it */
    ERROR_INTERNAL, /* our own fault */
};

struct error {
    enum error_kind kind;
    char text[512];
};

/* Each sets *error unless it is set already, and returns -1 so that
 * `return error_input(...)` reads well. Text past the size is cut. */
int error_input(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int error_internal(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the sentence that is there; returns -1. */
int error_context(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
