/* A buffer that is empty at the start of each test, for what writes to one. */
#ifndef TEST_BUF_FIXTURE_H
#define TEST_BUF_FIXTURE_H

#include "sim/base/buf.h"
#include "test/unit/vectors.h"

static struct buf out;

static inline int buf_setup(void **state)
{
    (void)state;
    buf_init(&out, SIZE_MAX);
    return 0;
}

static inline int buf_teardown(void **state)
{
    (void)state;
    buf_free(&out);
    return 0;
}

/* What was written since the last call, as text. */
static inline void assert_out(const char *text)
{
    buf_append_byte(&out, '\0');
    assert_string_equal((const char *)out.data, text);
    buf_reset(&out);
}

#define BUF_TEST(name) cmocka_unit_test_setup_teardown(name, buf_setup, buf_teardown)

#endif
