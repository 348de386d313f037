/* What every test of crypto/ needs: cmocka, and vectors written in hex. */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/hex.h"

/* Fills out with exactly len bytes. */
static inline void from_hex(const char *hex, void *out, size_t len)
{
    size_t out_len, bad_at;
    assert_int_equal(strlen(hex), 2 * len);
    assert_int_equal(hex_decode(hex, 2 * len, out, &out_len, &bad_at), HEX_OK);
    assert_int_equal(out_len, len);
}

static inline void assert_hex_equal(const void *data, size_t len, const char *hex)
{
    char *text = malloc(2 * len + 1);
    assert_non_null(text);
    hex_encode(data, len, text);
    text[2 * len] = '\0';
    assert_string_equal(text, hex);
    free(text);
}

#endif
