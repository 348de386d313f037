/* The lines of a log, in pieces, are what they would be in one piece. */
#include "sim/pages/log_stream.h"

#include <stdio.h>
#include <unistd.h>

#include "crypto/base64.h"
#include "sim/base/json_text.h"
#include "test/unit/vectors.h"

#define LIMIT (4u << 20)
#define PULLS_MAX 10000

static const enum log_stream_form forms[] = {LOG_STREAM_BASE64, LOG_STREAM_TEXT, LOG_STREAM_BARE};
enum { FORMS = sizeof forms / sizeof *forms };

struct world {
    char directory[40], path[60];
};

static int set_up(void **state)
{
    static struct world world;

    strcpy(world.directory, "/tmp/test_log_stream.XXXXXX");
    if (!mkdtemp(world.directory))
        return -1;
    snprintf(world.path, sizeof world.path, "%s/web.log", world.directory);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    unlink(world->path);
    return rmdir(world->directory);
}

static void write_file(const struct world *world, struct span text)
{
    FILE *file = fopen(world->path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

static struct buf pull_all(struct http_stream *stream, size_t *largest)
{
    enum http_stream_state state = HTTP_STREAM_MORE;
    struct buf out;

    buf_init(&out, SIZE_MAX);
    *largest = 0;
    for (int i = 0; state == HTTP_STREAM_MORE; i++) {
        const size_t before = out.len;
        struct buf piece;

        assert_in_range(i, 0, PULLS_MAX);
        buf_init(&piece, SIZE_MAX);
        state = stream->actions->pull(stream, &piece);
        buf_append_span(&out, buf_span(&piece));
        buf_free(&piece);
        *largest = out.len - before > *largest ? out.len - before : *largest;
    }
    assert_int_equal(state, HTTP_STREAM_END);
    stream->actions->release(stream);
    return out;
}

static void expect_line(struct buf *out, const uint8_t *line, size_t len, enum log_stream_form form)
{
    char *encoded = malloc(BASE64_CHARS(len) + 1);

    if (form == LOG_STREAM_BARE) {
        buf_append(out, line, len);
    } else {
        json_text_member(out, '{', "channel", "stdout");
        json_text_key(out, ',', "message");
        if (form == LOG_STREAM_TEXT)
            json_text_string(out, (const char *)line, len);
        else
            json_text_string(out, encoded, base64_encode(line, len, encoded));
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, '\n');
    free(encoded);
}

/* The last `lines` of them. */
static struct buf expected(struct span text, size_t lines, enum log_stream_form form)
{
    const uint8_t *at = text.data, *const end = text.data + text.len;
    size_t count = text.len && end[-1] != '\n';
    struct buf out;

    buf_init(&out, SIZE_MAX);
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '\n';
    for (; at < end; count--) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;

        if (count <= lines)
            expect_line(&out, at, (size_t)(stop - at), form);
        at = stop + 1;
    }
    return out;
}

static void assert_shows(const struct world *world, struct span text, size_t lines)
{
    write_file(world, text);
    for (int i = 0; i < FORMS; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct http_stream *stream = log_stream_new(world->path, LIMIT, lines, forms[i], &error);
        struct buf whole = expected(text, lines, forms[i]), got;
        size_t largest;

        assert_non_null(stream);
        got = pull_all(stream, &largest);
        if (!span_equal(buf_span(&got), buf_span(&whole)))
            fail_msg("form %d, %zu of %zu bytes, last %zu lines", i, got.len, whole.len, lines);
        assert_in_range(largest, 0, 3 * HTTP_STREAM_PIECE_BYTES);
        buf_free(&got);
        buf_free(&whole);
    }
}

static void short_logs(void **state)
{
    static const char *const texts[] = {"",     "\n",     "a",      "a\n",
                                        "a\nb", "a\nb\n", "\n\n\n", "one\ntwo \"\xc3\xb6\"\n\nfour"};
    static const size_t counts[] = {0, 1, 2, 3, 99, LOG_STREAM_ALL};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t count = 0; count < sizeof counts / sizeof *counts; count++)
            assert_shows(*state, span_text(texts[i]), counts[count]);
}

/* Lines of many lengths, so that blocks end at every place of a character and of a group of base64. */
static void long_lines_are_cut_anywhere(void **state)
{
    static const char *const characters[] = {
        "x",    "\xc3\xa4",     "\xe2\x82\xac",         "\xf0\x9f\x98\x80",
        "\xff", "\xf0\x9f\x98", "\x80\x80\x80\x80\x80", "\x01"};

    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
        for (size_t shift = 0; shift < 4; shift++) {
            struct buf text;

            buf_init(&text, SIZE_MAX);
            buf_append(&text, "abc", shift);
            while (text.len < 100000)
                buf_append_text(&text, characters[i]);
            buf_append_text(&text, "\nlast\n");
            assert_shows(*state, buf_span(&text), LOG_STREAM_ALL);
            text.len -= shift; /* without a newline at the end */
            assert_shows(*state, buf_span(&text), 2);
            buf_free(&text);
        }
}

static void the_last_of_many_lines(void **state)
{
    static const size_t counts[] = {1, 2, 1000, 65535, 65536, 65537, 199999, 200000, 200001};
    struct buf text;

    buf_init(&text, SIZE_MAX);
    for (unsigned i = 0; i < 200000; i++)
        buf_append(&text, "12345678\n", 1 + (i + 7) % 9);
    while (text.data[text.len - 1] == '\n')
        text.len--;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        assert_shows(*state, buf_span(&text), counts[i]);
    buf_append_text(&text, "\n");
    assert_shows(*state, buf_span(&text), 65536);
    buf_free(&text);
}

/* In the midst of a line, which is complete all the same. */
static void another_file_in_its_place_is_an_error(void **state)
{
    const struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    struct buf text, out;

    buf_init(&text, SIZE_MAX);
    while (text.len < 300000)
        buf_append_text(&text, "abc");
    for (int is_other = 0; is_other < 2; is_other++) {
        static const char end[] = "\"}\n{\"error\":\"the log was replaced or cut while it was read\"}\n";
        struct http_stream *stream;

        write_file(world, buf_span(&text));
        stream = log_stream_new(world->path, LIMIT, LOG_STREAM_ALL, LOG_STREAM_BASE64, &error);
        assert_non_null(stream);
        buf_init(&out, SIZE_MAX);
        assert_int_equal(stream->actions->pull(stream, &out), HTTP_STREAM_MORE);
        if (is_other)
            assert_int_equal(unlink(world->path), 0);
        else
            assert_int_equal(truncate(world->path, 10), 0);
        assert_int_equal(stream->actions->pull(stream, &out), HTTP_STREAM_END);
        assert_true(out.len > sizeof end);
        assert_memory_equal(out.data + out.len - (sizeof end - 1), end, sizeof end - 1);
        stream->actions->release(stream);
        buf_free(&out);
    }
    buf_free(&text);
}

static void what_is_no_regular_file_or_too_large_is_refused(void **state)
{
    const struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_null(log_stream_new(world->path, LIMIT, 1, LOG_STREAM_BARE, &error));
    assert_null(log_stream_new(world->directory, LIMIT, 1, LOG_STREAM_BARE, &error));
    write_file(world, span_text("12345"));
    assert_null(log_stream_new(world->path, 4, 1, LOG_STREAM_BARE, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_logs),
        cmocka_unit_test(long_lines_are_cut_anywhere),
        cmocka_unit_test(the_last_of_many_lines),
        cmocka_unit_test(another_file_in_its_place_is_an_error),
        cmocka_unit_test(what_is_no_regular_file_or_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
