/* JSON out: escapes, ASCII only, and what becomes of bytes that are not text. */
#include "sim/base/json_text.h"

#include "test/unit/buf_fixture.h"

static void assert_string(const char *text, size_t len, const char *json)
{
    char *exact = malloc(len ? len : 1); /* no NUL: a read past the end shows under ASan */

    assert_non_null(exact);
    memcpy(exact, text, len);
    json_text_string(&out, exact, len);
    free(exact);
    assert_out(json);
}

static void plain_text_stands_for_itself(void **state)
{
    (void)state;
    assert_string("", 0, "\"\"");
    assert_string("x", 1, "\"x\"");
    assert_string("/<>&'{}[]~ ", 11, "\"/<>&'{}[]~ \"");
    json_text_string(&out, NULL, 0);
    assert_out("\"\"");
}

static void control_characters_are_escaped(void **state)
{
    (void)state;
    assert_string("\"\\\n\r\t", 5, "\"\\\"\\\\\\n\\r\\t\"");
    assert_string("\0\x01\b\f\x1f", 5, "\"\\u0000\\u0001\\u0008\\u000c\\u001f\"");
    assert_string("~\x7f", 2, "\"~\\u007f\"");
}

static void other_characters_are_escaped(void **state)
{
    (void)state;
    assert_string("\xc2\x80\xc3\xa4", 4, "\"\\u0080\\u00e4\"");
    assert_string("\xe2\x82\xac\xef\xbf\xbf", 6, "\"\\u20ac\\uffff\"");
    assert_string("\xf0\x90\x80\x80", 4, "\"\\ud800\\udc00\"");
    assert_string("\xf0\x9f\x98\x80", 4, "\"\\ud83d\\ude00\"");
    assert_string("\xf4\x8f\xbf\xbf", 4, "\"\\udbff\\udfff\"");
}

static void each_bad_byte_is_replaced(void **state)
{
    (void)state;
    assert_string("a\xff"
                  "b",
                  3, "\"a\\ufffdb\"");
    assert_string("\xc3", 1, "\"\\ufffd\"");
    assert_string("\xf0\x9f\x98", 3, "\"\\ufffd\\ufffd\\ufffd\"");
    assert_string("\xed\xa0\x80!", 4, "\"\\ufffd\\ufffd\\ufffd!\"");
    assert_string("\xc3\"", 2, "\"\\ufffd\\\"\"");
}

/* Plain text is copied in blocks: an escape must be seen at every place of one. */
static void an_escape_at_every_place(void **state)
{
    (void)state;
    for (size_t len = 1; len <= 50; len++) {
        for (size_t at = 0; at < len; at++) {
            char text[50], json[64] = "\"";

            memset(text, 'a', sizeof text);
            memset(json + 1, 'a', at);
            text[at] = '"';
            json[1 + at] = '\\';
            json[2 + at] = '"';
            memset(json + 3 + at, 'a', len - at - 1);
            json[2 + len] = '"';
            assert_string(text, len, json);
        }
    }
}

static void output_is_ascii_for_any_input(void **state)
{
    char all[256 * 2];

    (void)state;
    for (size_t i = 0; i < 256; i++) {
        all[2 * i] = (char)i;
        all[2 * i + 1] = (char)(0x80 | (i & 0x3f));
    }
    json_text_string(&out, all, sizeof all);
    for (size_t i = 0; i < out.len; i++)
        assert_true(out.data[i] >= 0x20 && out.data[i] < 0x7f);
}

static void members_have_keys_and_commas(void **state)
{
    (void)state;
    json_text_key(&out, 0, "bare");
    assert_out("\"bare\":");
    json_text_member(&out, '{', "name", "a\"\xc3\xa4");
    json_text_member_hex(&out, ',', "bytes", "\x00\xff", 2);
    json_text_member_hex(&out, ',', "none", NULL, 0);
    json_text_member_uint(&out, ',', "least", 0);
    json_text_member_uint(&out, ',', "most", UINT64_MAX);
    assert_out("{\"name\":\"a\\\"\\u00e4\",\"bytes\":\"00ff\",\"none\":\"\",\"least\":0,"
               "\"most\":18446744073709551615");
}

static void the_limit_holds(void **state)
{
    struct buf small;

    (void)state;
    for (size_t limit = 0; limit < 10; limit++) {
        buf_init(&small, limit);
        json_text_hex(&small, "\x01\x02\x03\x04", 4);
        assert_true(small.has_overflowed);
        assert_true(small.len <= limit);
        buf_free(&small);
        buf_init(&small, limit);
        json_text_string(&small, "\xf0\x9f\x98\x80", 4);
        assert_true(small.has_overflowed);
        assert_true(small.len <= limit);
        buf_free(&small);
    }
    buf_init(&small, 10);
    json_text_hex(&small, "\x01\x02\x03\x04", 4);
    assert_false(small.has_overflowed);
    assert_int_equal(small.len, 10);
    buf_free(&small);
}

static void the_plain_part_ends_at_what_is_escaped(void **state)
{
    uint8_t text[27];

    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        const bool is_plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';

        for (size_t at = 0; at < sizeof text; at++) {
            memset(text, '[', sizeof text); /* one off from a backslash */
            text[at] = (uint8_t)byte;
            assert_int_equal(json_text_plain(text, sizeof text), is_plain ? sizeof text : at);
            assert_int_equal(json_text_plain(text, at), at);
        }
    }
    memset(text, 0xff, sizeof text);
    assert_int_equal(json_text_plain(text, sizeof text), 0);
    assert_int_equal(json_text_plain(text, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_part_ends_at_what_is_escaped),
        BUF_TEST(plain_text_stands_for_itself),
        BUF_TEST(control_characters_are_escaped),
        BUF_TEST(other_characters_are_escaped),
        BUF_TEST(each_bad_byte_is_replaced),
        BUF_TEST(an_escape_at_every_place),
        BUF_TEST(output_is_ascii_for_any_input),
        BUF_TEST(members_have_keys_and_commas),
        BUF_TEST(the_limit_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
