/* UTF-8: every character, and the forms RFC 3629 forbids. */
#include "sim/base/utf8.h"

#include "test/unit/vectors.h"

static size_t encode(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

static void every_character_and_no_surrogate(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t bytes[4];
        uint32_t read = UINT32_MAX;
        size_t size = encode(c, bytes);
        bool surrogate = c >= 0xd800 && c < 0xe000;

        if (utf8_read(bytes, size, &read) != (surrogate ? 0 : size) || (!surrogate && read != c))
            fail_msg("U+%04X", c);
    }
}

static void a_character_cut_short_is_refused(void **state)
{
    static const uint32_t characters[] = {0xe4, 0x20ac, 0x1f600};
    uint8_t bytes[4] = {0};
    uint32_t read;

    (void)state;
    assert_int_equal(utf8_read(bytes, 0, &read), 0);
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        size_t size = encode(characters[i], bytes);
        for (size_t len = 1; len < size; len++) {
            assert_int_equal(utf8_read(bytes, len, &read), 0);
            assert_false(utf8_valid(bytes, len));
        }
    }
}

static void one_character_is_read_at_a_time(void **state)
{
    static const char text[] = "\xc3\xa4\xf0\x9f\x98\x80z";
    uint32_t read;

    (void)state;
    assert_int_equal(utf8_read((const uint8_t *)text, 7, &read), 2);
    assert_int_equal(read, 0xe4);
    assert_int_equal(utf8_read((const uint8_t *)text + 2, 5, &read), 4);
    assert_int_equal(read, 0x1f600);
    assert_int_equal(utf8_read((const uint8_t *)text + 6, 1, &read), 1);
    assert_int_equal(read, 'z');
}

static void forbidden_forms_are_refused(void **state)
{
    static const char *const texts[] = {
        "\x80",
        "\xbf",
        "\xff",
        "\xfe", /* bytes that start nothing */
        "\xc0\x80",
        "\xc1\xbf", /* overlong */
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf", /* surrogates */
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", /* past U+10FFFF */
        "\xf8\x88\x80\x80\x80",
        "\xfc\x84\x80\x80\x80\x80", /* five and six bytes */
        "\xc3(",
        "\xe2\x82(",
        "\xe2(\xa1",
        "\xf0(\x8c\xbc",
        "\xf0\x90(\xbc",
        "\xf0\x9f\x98(",
        "\xc3\xc3",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint32_t read;
        if (utf8_read((const uint8_t *)texts[i], strlen(texts[i]), &read) != 0 ||
            utf8_valid(texts[i], strlen(texts[i])))
            fail_msg("case %zu", i);
    }
}

static void whole_texts_are_checked(void **state)
{
    (void)state;
    assert_true(utf8_valid(NULL, 0));
    assert_true(utf8_valid("", 0));
    assert_true(utf8_valid("plain", 5));
    assert_true(utf8_valid("a\0b", 3));
    assert_true(utf8_valid("\xef\xbb\xbf\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 12));
    assert_false(utf8_valid("plain\xff", 6));
    assert_false(utf8_valid("\xffplain", 6));
    assert_false(utf8_valid("\xf0\x9f\x98\x80\x80", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_and_no_surrogate),
        cmocka_unit_test(a_character_cut_short_is_refused),
        cmocka_unit_test(one_character_is_read_at_a_time),
        cmocka_unit_test(forbidden_forms_are_refused),
        cmocka_unit_test(whole_texts_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
