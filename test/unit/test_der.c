#include "vectors.h"

#include "crypto/der.h"

static void assert_der(const struct der *der, const char *expected)
{
    struct bytes done = der_done(der);
    assert_non_null(done.data);
    assert_hex_equal(done.data, done.len, expected);
}

static void assert_uint(uint64_t value, const char *expected)
{
    uint8_t room[16];
    struct der der;
    der_init(&der, room, sizeof room);
    der_uint(&der, value);
    assert_der(&der, expected);
}

static void integers_are_as_short_as_they_can_be_and_positive(void **state)
{
    uint8_t room[16];
    struct der der;

    (void)state;
    assert_uint(0, "020100");
    assert_uint(1, "020101");
    assert_uint(0x7f, "02017f");
    assert_uint(0x80, "02020080");
    assert_uint(0x100, "02020100");
    assert_uint(0xffff, "020300ffff");
    assert_uint(UINT64_MAX, "020900ffffffffffffffff");
    der_init(&der, room, sizeof room);
    der_uint_bytes(&der, (const uint8_t[]){0, 0, 0x81, 0}, 4);
    der_uint_bytes(&der, (const uint8_t[]){0, 0}, 2);
    der_uint_bytes(&der, NULL, 0);
    assert_der(&der, "0201000201000203008100");
}

static void values_carry_tag_length_and_contents(void **state)
{
    uint8_t room[64];
    struct der der;

    (void)state;
    der_init(&der, room, sizeof room);
    der_value(&der, DER_CONTEXT(0), "ab", 2);
    der_value(&der, DER_OCTET_STRING, NULL, 0);
    der_oid(&der, "\x55\x04\x03", 3);
    der_bool(&der, false);
    der_bool(&der, true);
    assert_der(&der, "0101ff"
                     "010100"
                     "0603550403"
                     "0400"
                     "80026162");
}

static void wraps_nest_around_what_follows_their_mark(void **state)
{
    size_t outer, inner, empty;
    uint8_t room[64];
    struct der der;

    (void)state;
    der_init(&der, room, sizeof room);
    der_uint(&der, 9);
    outer = der_mark(&der);
    der_uint(&der, 3);
    inner = der_mark(&der);
    der_uint(&der, 2);
    der_uint(&der, 1);
    der_wrap(&der, inner, DER_SET);
    der_wrap(&der, outer, DER_CONTEXT_CONSTRUCTED(3));
    empty = der_mark(&der);
    der_wrap(&der, empty, DER_SEQUENCE);
    assert_der(&der, "3000"
                     "a30b"
                     "3106020101020102"
                     "020103"
                     "020109");
}

/* X.690, 8.1.3: one byte to 127, then a count of bytes in front. */
static void long_values_have_long_lengths(void **state)
{
    static uint8_t room[70000], data[65536];
    static const struct {
        size_t len;
        const char *head;
    } cases[] = {{127, "047f"},     {128, "048180"},     {255, "0481ff"},
                 {256, "04820100"}, {65535, "0482ffff"}, {65536, "0483010000"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t head = strlen(cases[i].head) / 2;
        struct bytes done;
        struct der der;

        der_init(&der, room, sizeof room);
        der_value(&der, DER_OCTET_STRING, data, cases[i].len);
        done = der_done(&der);
        assert_int_equal(done.len, head + cases[i].len);
        assert_hex_equal(done.data, head, cases[i].head);
    }
}

static void assert_time(int64_t seconds, const char *expected)
{
    uint8_t room[32];
    struct bytes done;
    struct der der;

    der_init(&der, room, sizeof room);
    der_time(&der, seconds);
    done = der_done(&der);
    assert_int_equal(done.len, strlen(expected));
    assert_memory_equal(done.data, expected, done.len);
}

static void times_change_their_form_in_2050(void **state)
{
    (void)state;
    assert_time(0, "\x17\x0d"
                   "700101000000Z");
    assert_time(1577836800, "\x17\x0d"
                            "200101000000Z");
    assert_time(2524607999, "\x17\x0d"
                            "491231235959Z");
    assert_time(2524608000, "\x18\x0f"
                            "20500101000000Z");
    assert_time(253402300799, "\x18\x0f"
                              "99991231235959Z");
    assert_time(-631152000, "\x17\x0d"
                            "500101000000Z");
}

static void times_outside_1950_to_9999_fail(void **state)
{
    const int64_t wrong[] = {-631152001, 253402300800, INT64_MAX, INT64_MIN};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint8_t room[32];
        struct der der;
        der_init(&der, room, sizeof room);
        der_time(&der, wrong[i]);
        assert_null(der_done(&der).data);
    }
}

static void appended_bytes_follow_what_was_there(void **state)
{
    uint8_t room[8];
    struct der der;

    (void)state;
    der_init_with_tail(&der, room, sizeof room, 3);
    der_uint(&der, 7);
    der_append(&der, "\x01\x02\x03", 3);
    der_append(&der, NULL, 0);
    der_wrap(&der, 0, DER_SEQUENCE);
    assert_der(&der, "3006020107010203");
    der_append(&der, "x", 1);
    assert_null(der_done(&der).data);
}

static void room_for_what_is_appended_is_not_for_the_rest(void **state)
{
    uint8_t room[8];
    struct der der;

    (void)state;
    der_init_with_tail(&der, room, sizeof room, 6);
    der_raw(&der, "abc", 3);
    assert_null(der_done(&der).data);
    der_init_with_tail(&der, room, sizeof room, sizeof room + 1);
    der_raw(&der, "a", 1);
    assert_null(der_done(&der).data);
}

/* Writes one of everything; the same again in every smaller room must fail. */
static size_t write_all(uint8_t *room, size_t size)
{
    struct der der;

    der_init_with_tail(&der, room, size, 4);
    der_time(&der, 0);
    der_value(&der, DER_OCTET_STRING, "abc", 3);
    der_append(&der, "tail", 4);
    der_uint(&der, 300);
    der_bool(&der, true);
    der_wrap(&der, 0, DER_SEQUENCE);
    assert_int_equal(der_done(&der).data == NULL, der.has_failed);
    return der_done(&der).len;
}

static void running_out_of_room_sticks(void **state)
{
    uint8_t large[64];
    size_t needed = write_all(large, sizeof large);

    (void)state;
    assert_int_equal(needed, 2 + 15 + 5 + 4 + 4 + 3);
    for (size_t size = 0; size < needed; size++) {
        uint8_t *room = malloc(size + 1);
        assert_int_equal(write_all(room, size), 0);
        free(room);
    }
    assert_int_equal(write_all(large, needed), needed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_as_short_as_they_can_be_and_positive),
        cmocka_unit_test(values_carry_tag_length_and_contents),
        cmocka_unit_test(wraps_nest_around_what_follows_their_mark),
        cmocka_unit_test(long_values_have_long_lengths),
        cmocka_unit_test(times_change_their_form_in_2050),
        cmocka_unit_test(times_outside_1950_to_9999_fail),
        cmocka_unit_test(appended_bytes_follow_what_was_there),
        cmocka_unit_test(room_for_what_is_appended_is_not_for_the_rest),
        cmocka_unit_test(running_out_of_room_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
