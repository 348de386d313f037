/* Lines that llhttp accepts in some of its versions; how cuts are borne is in test/http. */
#include "sim/http/http_lines.h"

#include "sim/base/buf.h"
#include "test/unit/vectors.h"

static void assert_lines(enum http_lines_part part, const char *text, size_t in_order, bool is_over,
                         const char *word)
{
    struct http_lines lines;
    const char *fault;
    bool is_as_expected;

    http_lines_begin(&lines, part);
    assert_int_equal(http_lines_read(&lines, (const uint8_t *)text, strlen(text), &fault), in_order);
    assert_int_equal(lines.is_over, is_over);
    if (word)
        is_as_expected = fault && strstr(fault, word);
    else
        is_as_expected = !fault;
    if (!is_as_expected)
        fail_msg("\"%s\" is said of \"%s\"", fault ? fault : "nothing", text);
}

static void a_head_ends_with_an_empty_line(void **state)
{
    (void)state;
    assert_lines(HTTP_LINES_HEAD, "GET / HTTP/1.1\r\nA: b\r\n\r\n{}", 24, true, NULL);
    assert_lines(HTTP_LINES_HEAD, "\r\n\r\nGET / HTTP/1.0\r\n\r\n", 22, true, NULL);
    assert_lines(HTTP_LINES_HEAD, "GET / HTTP/1.1\r\n\r", 17, false, NULL);
    assert_lines(HTTP_LINES_HEAD, "", 0, false, NULL);
}

static void trailers_may_be_none(void **state)
{
    (void)state;
    assert_lines(HTTP_LINES_TRAILERS, "\r\nGET", 2, true, NULL);
    assert_lines(HTTP_LINES_TRAILERS, "A: b\r\n\r\n", 8, true, NULL);
}

static void a_line_ends_with_both(void **state)
{
    (void)state;
    assert_lines(HTTP_LINES_HEAD, "GET / HTTP/1.1\n", 14, false, "LF alone");
    assert_lines(HTTP_LINES_HEAD, "GET / HTTP/1.1\rA", 15, false, "followed by an LF");
    assert_lines(HTTP_LINES_HEAD, "\n", 0, false, "LF alone");
    assert_lines(HTTP_LINES_TRAILERS, "A: b\r\n\n", 6, false, "LF alone");
    assert_lines(HTTP_LINES_TRAILERS, "A: b\nC: d\r\n", 4, false, "LF alone");
    assert_lines(HTTP_LINES_TRAILERS, "A: b\rC\nD: e\r\n", 5, false, "followed by an LF");
    assert_lines(HTTP_LINES_TRAILERS, "\r\r\n", 1, false, "followed by an LF");
}

static void a_header_has_a_name_and_one_line(void **state)
{
    (void)state;
    assert_lines(HTTP_LINES_HEAD, "GET / HTTP/1.1\r\nA: b\r\n c\r\n", 22, false, "another line");
    assert_lines(HTTP_LINES_HEAD, "GET / HTTP/1.1\r\n\tA: b\r\n", 16, false, "another line");
    assert_lines(HTTP_LINES_TRAILERS, ": b\r\n", 0, false, "no name");
}

static void the_request_line_is_one_of_http(void **state)
{
    (void)state;
    assert_lines(HTTP_LINES_HEAD, "GET  / HTTP/1.1\r\n", 4, false, "two spaces");
    assert_lines(HTTP_LINES_HEAD, "GET /\r\n", 6, false, "HTTP/1.1");
    assert_lines(HTTP_LINES_HEAD, "PLAY / RTSP/1.0\r\n", 16, false, "HTTP/1.1");
    assert_lines(HTTP_LINES_HEAD, "GET HTTP/ HTTP\r\n", 15, false, "HTTP/1.1");
    assert_lines(HTTP_LINES_HEAD, "GET /\xc3\xa4 HTTP/1.1\r\n", 5, false, "percent-encode");
}

/* Reads up to the first fault, `step` bytes at a time. Returns how many bytes are in order. */
static size_t read_in_steps(enum http_lines_part part, const struct buf *text, size_t step,
                            const char **fault)
{
    struct http_lines lines;
    size_t at = 0, in_order = 0;

    http_lines_begin(&lines, part);
    for (*fault = NULL; at < text->len && !*fault && !lines.is_over; at += step) {
        const size_t left = text->len - at;

        in_order += http_lines_read(&lines, text->data + at, step < left ? step : left, fault);
    }
    return in_order;
}

/* Lines that are there as a whole are read faster. */
static void assert_like_single_bytes(enum http_lines_part part, const struct buf *text)
{
    const char *fault, *fault_of_whole;
    const size_t in_order = read_in_steps(part, text, 1, &fault);

    if (read_in_steps(part, text, text->len, &fault_of_whole) != in_order || fault != fault_of_whole)
        fail_msg("\"%.*s\" is read in another way as a whole", (int)text->len, (const char *)text->data);
}

enum { PIECES = 10, PIECES_IN_TEXT = 5 };

static void whole_lines_are_read_like_single_bytes(void **state)
{
    static const char *const pieces[PIECES] = {"", " ", "\t", ":", "a", "HTTP/", "H", "\r", "\n", "\x80"};
    static const char *const before[] = {"", "GET", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: b\r\nC"};
    struct buf text;
    size_t count = 1;

    (void)state;
    for (int i = 0; i < PIECES_IN_TEXT; i++)
        count *= PIECES;
    buf_init(&text, 100);
    for (size_t i = 0; i < 4 * count; i++) {
        buf_reset(&text);
        buf_append_text(&text, before[i % 4]);
        for (size_t rest = i / 4, k = 0; k < PIECES_IN_TEXT; k++, rest /= PIECES)
            buf_append_text(&text, pieces[rest % PIECES]);
        buf_append_text(&text, "\r\nD: e\r\n\r\n");
        assert_like_single_bytes(HTTP_LINES_HEAD, &text);
        assert_like_single_bytes(HTTP_LINES_TRAILERS, &text);
    }
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_ends_with_an_empty_line),
        cmocka_unit_test(trailers_may_be_none),
        cmocka_unit_test(a_line_ends_with_both),
        cmocka_unit_test(a_header_has_a_name_and_one_line),
        cmocka_unit_test(the_request_line_is_one_of_http),
        cmocka_unit_test(whole_lines_are_read_like_single_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
