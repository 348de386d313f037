/* Base64 in JSON, there and back. */
#include "sim/format/json_base64.h"

#include "sim/format/json_file.h"
#include "test/unit/vectors.h"

static void what_is_written_is_read(void **state)
{
    static const uint8_t bytes[] = {0, 0xff, 0x10, 0x80, 1};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct arena arena;
        struct span read;
        struct buf out;
        json_t *object;

        arena_init(&arena);
        buf_init(&out, SIZE_MAX);
        json_base64_member(&out, '{', "b", span_of(bytes, len));
        buf_append_byte(&out, '}');
        object = json_file_parse(buf_span(&out), &error);
        assert_non_null(object);
        assert_int_equal(json_base64_read(object, "b", &arena, &read, &error), 0);
        assert_true(span_equal(read, span_of(bytes, len)));
        json_decref(object);
        buf_free(&out);
        arena_free(&arena);
    }
}

static void what_is_not_base64_is_named(void **state)
{
    static const char *const texts[][2] = {
        {"{\"b\":\"AA=\"}", "b must be base64"},
        {"{\"b\":\"****\"}", "b must be base64"},
        {"{\"b\":1}", "b must be a string"},
        {"{}", "the member b is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct arena arena;
        struct span read;
        json_t *object = json_file_parse(span_text(texts[i][0]), &error);

        arena_init(&arena);
        assert_int_equal(json_base64_read(object, "b", &arena, &read, &error), -1);
        assert_string_equal(error.text, texts[i][1]);
        json_decref(object);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_is_not_base64_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
