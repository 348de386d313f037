#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/buf.h"

static void what_is_appended_is_there(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    buf_append(&buf, "ab", 2);
    buf_append(&buf, NULL, 0);
    buf_append_text(&buf, "cd");
    buf_append_byte(&buf, 'e');
    buf_append_span(&buf, span_text("fg"));
    buf_printf(&buf, "%d%s", 42, "h");
    assert_true(span_is(buf_span(&buf), "abcdefg42h"));
    assert_false(buf.has_overflowed);
    buf_free(&buf);
}

static void numbers_are_little_endian(void **state)
{
    static const uint8_t expected[] = {2, 1, 6, 5, 4, 3, 14, 13, 12, 11, 10, 9, 8, 7};
    struct buf buf;

    (void)state;
    buf_init(&buf, sizeof expected);
    buf_append_le16(&buf, 0x0102);
    buf_append_le32(&buf, 0x03040506);
    buf_append_le64(&buf, UINT64_C(0x0708090a0b0c0d0e));
    assert_true(span_equal(buf_span(&buf), span_of(expected, sizeof expected)));
    buf_append_le16(&buf, 0);
    assert_true(buf.has_overflowed);
    buf_free(&buf);
}

static void a_buffer_grows_up_to_its_limit(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100000);
    for (int i = 0; i < 100000; i++)
        buf_append_byte(&buf, (uint8_t)i);
    assert_false(buf.has_overflowed);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf.data[i], (uint8_t)i);
    buf_append_byte(&buf, 0);
    assert_true(buf.has_overflowed);
    assert_int_equal(buf.len, 100000);
    buf_free(&buf);
}

/* What is too long is dropped whole, and so is all that follows, until the reset. */
static void overflow_sticks(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 4);
    buf_append_text(&buf, "abc");
    buf_append_text(&buf, "de");
    buf_append_text(&buf, "f");
    buf_printf(&buf, "g");
    assert_null(buf_reserve(&buf, 0));
    assert_true(buf.has_overflowed);
    assert_true(span_is(buf_span(&buf), "abc"));
    buf_reset(&buf);
    buf_append_text(&buf, "wxyz");
    assert_false(buf.has_overflowed);
    assert_true(span_is(buf_span(&buf), "wxyz"));
    assert_null(buf_reserve(&buf, SIZE_MAX));
    buf_free(&buf);
}

static void what_is_too_large_to_keep_is_freed(void **state)
{
    struct buf buf;
    size_t capacity;

    (void)state;
    buf_init(&buf, SIZE_MAX);
    buf_append_text(&buf, "abc");
    capacity = buf.capacity;
    buf_reset_within(&buf, capacity);
    assert_int_equal(buf.len, 0);
    assert_int_equal(buf.capacity, capacity);
    buf_reset_within(&buf, capacity - 1);
    assert_int_equal(buf.capacity, 0);
    assert_null(buf.data);
    buf_append_text(&buf, "abc");
    assert_true(span_is(buf_span(&buf), "abc"));
    buf_free(&buf);
}

static void room_in_front_is_there_and_apart(void **state)
{
    struct buf buf;
    size_t len;
    char *taken;

    (void)state;
    buf_init_front(&buf, 5000, 64);
    for (int i = 0; i < 1000; i++)
        buf_append_text(&buf, "abcd");
    memset(buf.data - 64, 'x', 64);
    buf_append_text(&buf, "end");
    assert_int_equal(buf.len, 4003);
    assert_memory_equal(buf.data, "abcdabcd", 8);
    assert_memory_equal(buf.data + 4000, "end", 3);
    taken = buf_take(&buf, &len);
    assert_int_equal(len, 4003);
    assert_memory_equal(taken, "abcdabcd", 8);
    assert_string_equal(taken + 4000, "end");
    free(taken);
    assert_non_null(buf_reserve(&buf, 0));
    memset(buf.data - 64, 'x', 64);
    buf_free(&buf);
}

static void memory_of_the_caller_is_the_limit(void **state)
{
    char memory[4];
    struct buf buf;

    (void)state;
    buf_over(&buf, memory, sizeof memory);
    buf_append_text(&buf, "abcd");
    assert_false(buf.has_overflowed);
    assert_memory_equal(memory, "abcd", 4);
    buf_append_byte(&buf, 'e');
    assert_true(buf.has_overflowed);
}

static void taken_contents_are_a_string(void **state)
{
    struct buf buf;
    size_t len;
    char *taken;

    (void)state;
    buf_init(&buf, 1000);
    buf_append_text(&buf, "text");
    taken = buf_take(&buf, &len);
    assert_string_equal(taken, "text");
    assert_int_equal(len, 4);
    assert_int_equal(buf.len, 0);
    free(taken);
    taken = buf_take(&buf, &len);
    assert_string_equal(taken, "");
    assert_int_equal(len, 0);
    free(taken);
    buf_free(&buf);
}

static void decimals_have_no_leading_zeros(void **state)
{
    static const struct {
        uint64_t value;
        const char *text;
    } rows[] = {{0, "0"}, {7, "7"}, {10, "10"}, {1000000, "1000000"}, {UINT64_MAX, "18446744073709551615"}};
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_reset(&buf);
        buf_append_decimal(&buf, rows[i].value);
        assert_true(span_is(buf_span(&buf), rows[i].text));
    }
    buf_free(&buf);
}

static void what_it_no_longer_holds_is_wiped(void **state)
{
    static const uint8_t zeros[6];
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    buf_append_text(&buf, "secret");
    buf_reset(&buf);
    assert_memory_equal(buf.data, zeros, sizeof zeros);
    buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_appended_is_there),
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(a_buffer_grows_up_to_its_limit),
        cmocka_unit_test(overflow_sticks),
        cmocka_unit_test(what_is_too_large_to_keep_is_freed),
        cmocka_unit_test(room_in_front_is_there_and_apart),
        cmocka_unit_test(memory_of_the_caller_is_the_limit),
        cmocka_unit_test(taken_contents_are_a_string),
        cmocka_unit_test(what_it_no_longer_holds_is_wiped),
        cmocka_unit_test(decimals_have_no_leading_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
