/* For clang's analyzer, a test that fails ends there: cmocka's functions do not say so. */
#ifndef TIDY_ASSERTIONS_H
#define TIDY_ASSERTIONS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

void _fail(const char *const file, const int line) __attribute__((noreturn));

#undef assert_true
#undef assert_false
#undef assert_null
#undef assert_non_null
#undef assert_int_equal
#undef assert_int_not_equal
#define assert_true(condition) ((condition) ? (void)0 : abort())
#define assert_false(condition) ((condition) ? abort() : (void)0)
#define assert_null(pointer) assert_false(pointer)
#define assert_non_null(pointer) assert_true(pointer)
#define assert_int_equal(one, other) assert_true((one) == (other))
#define assert_int_not_equal(one, other) assert_true((one) != (other))

#endif
