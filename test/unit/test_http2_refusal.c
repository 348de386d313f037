/* What is read of HTTP/2, and what is answered. How cuts are borne is in test_http_session.c. */
#include "sim/http/http2_refusal.h"

#include "test/unit/vectors.h"

#define SETTINGS "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"
#define HEADERS(flags, stream) "\0\0\3\1" flags stream "\x82\x84\x86"

#define DATA(flags, stream) "\0\0\2\0" flags stream "{}"

static bool read_text(struct http2_refusal *refusal, const char *data, size_t len)
{
    *refusal = (struct http2_refusal){.stream = 0};
    return http2_refusal_read(refusal, (const uint8_t *)data, len);
}

#define READ(refusal, text) read_text(refusal, text, sizeof(text) - 1)

static void a_request_is_read_to_its_end(void **state)
{
    struct http2_refusal refusal;

    assert_false(READ(&refusal, SETTINGS));
    assert_false(READ(&refusal, SETTINGS "\0\0\3\1\5\0\0\0"));
    assert_false(READ(&refusal, SETTINGS "\0\0\3\1\5\0\0\0\7\x82\x84"));
    assert_true(READ(&refusal, SETTINGS HEADERS("\5", "\0\0\0\7") HEADERS("\5", "\0\0\0\x09")));
    assert_int_equal(refusal.stream, 7);
    assert_false(READ(&refusal, HEADERS("\4", "\xff\xff\xff\xff")));
    assert_int_equal(refusal.stream, 0x7fffffff);
    assert_false(READ(&refusal, HEADERS("\4", "\0\0\0\7") DATA("\0", "\0\0\0\7")));
    assert_true(READ(&refusal, HEADERS("\4", "\0\0\0\7") DATA("\0", "\0\0\0\7") DATA("\1", "\0\0\0\7")));
    assert_true(READ(&refusal, HEADERS("\4", "\0\0\0\7") "\0\0\0\0\1\0\0\0\7"));
}

/* The first stream is answered, as the others are not. */
static void the_end_of_another_stream_is_none(void **state)
{
    struct http2_refusal refusal;

    assert_false(READ(&refusal, HEADERS("\4", "\0\0\0\7") HEADERS("\5", "\0\0\0\x09")));
    assert_int_equal(refusal.stream, 7);
    assert_false(READ(&refusal, HEADERS("\4", "\0\0\0\7") DATA("\1", "\0\0\0\x09")));
}

/* A frame's contents are ignored, whatever they look like. */
static void headers_within_another_frame_are_none(void **state)
{
    struct http2_refusal refusal;

    assert_false(READ(&refusal, "\0\0\x0c\6\0\0\0\0\0" HEADERS("\5", "\0\0\0\1")));
    assert_true(READ(&refusal, "\0\0\x0c\6\0\0\0\0\0" HEADERS("\5", "\0\0\0\1") HEADERS("\5", "\0\0\0\3")));
    assert_int_equal(refusal.stream, 3);
}

static void reading_has_a_limit(void **state)
{
    struct http2_refusal refusal = {.stream = 0};
    uint8_t *text = calloc(1, HTTP2_REFUSAL_READ_MAX);

    assert_non_null(text);
    assert_false(http2_refusal_read(&refusal, text, HTTP2_REFUSAL_READ_MAX));
    assert_true(http2_refusal_read(&refusal, text, 1));
    assert_int_equal(refusal.stream, 0);
    free(text);
}

static void a_response_is_whole_and_ends_the_connection(void **state)
{
    const struct http2_refusal refusal = {.stream = 0x01020304};
    struct buf body;
    size_t head_len;

    buf_init_front(&body, SIZE_MAX, HTTP2_REFUSAL_HEAD_BYTES);
    buf_append_text(&body, "{}");
    head_len = http2_refusal_write(&refusal, &body);
    assert_hex_equal(body.data - head_len, head_len + body.len,
                     "000000040000000000"
                     "000000040100000000"
                     "0000140104010203048c0f10106170706c69636174696f6e2f6a736f6e"
                     "0000020001010203047b7d"
                     "0000080700000000000102030400000000");
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_to_its_end),
        cmocka_unit_test(the_end_of_another_stream_is_none),
        cmocka_unit_test(headers_within_another_frame_are_none),
        cmocka_unit_test(reading_has_a_limit),
        cmocka_unit_test(a_response_is_whole_and_ends_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
