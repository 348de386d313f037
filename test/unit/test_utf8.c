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

/* How far the characters go that may be there: all, or those that JSON does not escape. */
static size_t read_up_to(const uint8_t *bytes, size_t len, bool (*may_be)(uint32_t character))
{
    size_t at = 0, size;
    uint32_t character;

    for (; at < len; at += size) {
        size = utf8_read(bytes + at, len - at, &character);
        if (size == 0 || !may_be(character))
            break;
    }
    return at;
}

static bool every(uint32_t character)
{
    (void)character;
    return true;
}

static bool is_unescaped(uint32_t character)
{
    return character >= ' ' && character != '"' && character != '\\';
}

/* Four bytes of all that the RFCs tell apart, alone and in words of ASCII, at every place of a word. */
static void many_characters_are_read_as_one_by_one(void **state)
{
    static const uint8_t bounds[] = {0x00, 0x1f, ' ',  '"',  '\\', 0x7f, 0x80, 0x8f, 0x90, 0x9f,
                                     0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
                                     0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    const unsigned count = sizeof bounds;

    (void)state;
    for (unsigned i = 0; i < count * count * count * count; i++) {
        uint8_t text[] = "0123456789abcdefghijk";
        const size_t len = sizeof text - 1, at = i % 11;

        for (unsigned j = 0, rest = i; j < 4; j++, rest /= count)
            text[at + j] = bounds[rest % count];
        if (utf8_valid(text, len) != (read_up_to(text, len, every) == len) ||
            utf8_unescaped(text, len) != read_up_to(text, len, is_unescaped) ||
            utf8_valid(text + at, 4) != (read_up_to(text + at, 4, every) == 4) ||
            utf8_unescaped(text + at, 4) != read_up_to(text + at, 4, is_unescaped))
            fail_msg("%02x %02x %02x %02x", text[at], text[at + 1], text[at + 2], text[at + 3]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_and_no_surrogate),
        cmocka_unit_test(a_character_cut_short_is_refused),
        cmocka_unit_test(one_character_is_read_at_a_time),
        cmocka_unit_test(forbidden_forms_are_refused),
        cmocka_unit_test(whole_texts_are_checked),
        cmocka_unit_test(many_characters_are_read_as_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
