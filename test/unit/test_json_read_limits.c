/* How much is read, what a refusal says, and that nothing is left of what is not kept. */
#include "sim/format/json_read.h"

#include "sim/base/buf.h"
#include "sim/base/value_count.h"
#include "test/unit/vectors.h"

/* --- how many values --- */

/* `count` values in an array: as many characters open or separate them. */
static struct buf array_of(size_t count, const char *end)
{
    struct buf text;

    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        buf_append_text(&text, i ? ",0" : "[0");
    buf_append_text(&text, end);
    return text;
}

static void texts_may_have_so_many_values_and_no_more(void **state)
{
    static const char *const ends[] = {"]", ",]", ",", ",{}]"};
    struct buf most = array_of(VALUE_COUNT_MAX, "]");
    json_error_t reason;
    json_t *root = json_read(buf_span(&most), false, NULL, &reason);

    (void)state;
    assert_int_equal(json_array_size(root), VALUE_COUNT_MAX);
    json_decref(root);
    buf_free(&most);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct buf more = array_of(i == 0 ? VALUE_COUNT_MAX + 1 : VALUE_COUNT_MAX, ends[i]);

        assert_null(json_read(buf_span(&more), false, NULL, &reason));
        assert_int_equal(reason.position, JSON_READ_TOO_MANY);
        buf_free(&more);
    }
}

/* --- reasons --- */

static void near_the_start_the_reason_is_jansson_s(void **state)
{
    const struct span text = span_text("{\"a\":\n  1,}");
    json_error_t got, expected;

    (void)state;
    assert_null(json_read(text, false, NULL, &got));
    assert_null(json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &expected));
    assert_string_equal(got.text, expected.text);
    assert_int_equal(got.line, expected.line);
    assert_int_equal(got.column, expected.column);
    assert_int_equal(got.position, expected.position);
}

static void further_on_it_is_the_place(void **state)
{
    const size_t len = JSON_READ_EXPLAINED_BYTES + 100;
    char *text = malloc(len);
    json_error_t reason;

    (void)state;
    memset(text, ' ', len);
    text[0] = '[';
    text[10] = '\n';
    text[len - 20] = '?';
    assert_null(json_read(span_of(text, len), false, NULL, &reason));
    assert_string_equal(reason.text, "it is malformed there");
    assert_int_equal(reason.line, 2);
    assert_int_equal(reason.column, len - 20 - 10);
    assert_int_equal(reason.position, len - 20);
    text[len - 20] = ']';
    json_decref(json_read(span_of(text, len), false, NULL, &reason));
    free(text);
}

static enum json_read_form omits(const void *context, struct span name)
{
    (void)context;
    (void)name;
    return JSON_READ_OMITTED;
}

static enum json_read_form texts(const void *context, struct span name)
{
    (void)context;
    return span_is(name, "text") ? JSON_READ_TEXT : JSON_READ_OMITTED;
}

/* It skips some NUL bytes, and refuses what may be twice in a text. */
static void so_it_is_where_jansson_has_another_reason(void **state)
{
#define TEXT(literal) (literal), sizeof(literal) - 1
    static const struct {
        const char *text;
        size_t len;
        const char *reason;
        int column;
    } rows[] = {
        {TEXT("0\0"), "it is malformed there", 2},
        {TEXT("{\"a\":1\0}"), "it is malformed there", 7},
        {TEXT("{\"text\":{\"a\":1,\"a\":2},\"b\":?}"), "invalid token near '?'", 27},
        {TEXT("{\"text\":{\"a\":1,\"a\":2},\"b\":1,\"b\" :2}"), "duplicate object key", 32},
        {TEXT("{\"a\":1,\"a\" :2}"), "duplicate object key near '\"a\"'", 10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct json_read_plan plan = {.form = texts, .depth = 1};
        json_error_t reason;

        assert_null(json_read(span_of(rows[i].text, rows[i].len), true, &plan, &reason));
        assert_string_equal(reason.text, rows[i].reason);
        assert_int_equal(reason.column, rows[i].column);
    }
}

/* Jansson sees only a part, and would find that it ends. */
static void so_it_is_where_a_long_text_has_a_long_number(void **state)
{
    const size_t len = 3 * JSON_READ_EXPLAINED_BYTES;
    char *text = malloc(len);
    json_error_t reason;

    (void)state;
    memset(text, '1', len);
    text[0] = '[';
    memset(text + 3000, ' ', len - 3000);
    text[len - 1] = ']';
    assert_null(json_read(span_of(text, len), false, NULL, &reason));
    assert_string_equal(reason.text, "a number has more than 1024 characters");
    assert_int_equal(reason.position, 3000);
    free(text);
}

/* The place of a name that is there twice is after it, kept or not. */
static void so_it_is_of_a_name_that_is_there_twice(void **state)
{
    const struct json_read_plan plan = {.form = omits, .depth = 1};
    const size_t len = JSON_READ_EXPLAINED_BYTES + 100;
    static const char twice[] = "\"a\":2}", once[] = "{\"a\":1,";
    char *text = malloc(len);

    (void)state;
    memset(text, ' ', len);
    memcpy(text, once, strlen(once));
    memcpy(text + len - strlen(twice), twice, strlen(twice));
    for (int is_omitted = 0; is_omitted < 2; is_omitted++) {
        json_error_t reason;

        assert_null(json_read(span_of(text, len), false, is_omitted ? &plan : NULL, &reason));
        assert_int_equal(reason.position, len - strlen(twice) + strlen("\"a\""));
    }
    free(text);
}

/* Jansson would take them. */
static void numbers_have_an_end(void **state)
{
    char text[3000];
    json_error_t reason;

    (void)state;
    memset(text, '1', sizeof text);
    text[0] = '[';
    text[2] = '.';
    text[sizeof text - 1] = ']';
    assert_null(json_read_loosely(span_of(text, sizeof text), false, NULL));
    assert_null(json_read(span_of(text, sizeof text), false, NULL, &reason));
    assert_string_equal(reason.text, "a number has more than 1024 characters");
    assert_int_equal(reason.column, sizeof text);
}

/* --- what is not kept is freed --- */

static size_t values_held;

static void *count_malloc(size_t size)
{
    values_held++;
    return malloc(size);
}

static void count_free(void *memory)
{
    if (memory)
        values_held--;
    free(memory);
}

static enum json_read_form form_of(const void *context, struct span name)
{
    (void)name;
    return *(const enum json_read_form *)context;
}

static void nothing_is_left_of_what_is_not_kept(void **state)
{
    static const char text[] = "{\"a\":[{},[[]],\"text\",123456789012345678,1e305,1.5,"
                               "{\"b\":[{\"c\":1}]},true]}";
    static const char wrong[] = "{\"a\":[{},[[]],[{\"b\":[{}]";
    static const enum json_read_form forms[] = {JSON_READ_TREE, JSON_READ_CHECKED, JSON_READ_OMITTED,
                                                JSON_READ_TEXT};

    (void)state;
    json_set_alloc_funcs(count_malloc, count_free);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct json_read_plan plan = {.form = form_of, .context = &forms[i], .depth = 1};
        json_error_t reason;

        values_held = 0;
        json_decref(json_read(span_text(text), false, &plan, &reason));
        assert_int_equal(values_held, 0);
        assert_null(json_read(span_text(wrong), false, &plan, &reason));
        assert_int_equal(values_held, 0);
    }
    json_set_alloc_funcs(malloc, free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_may_have_so_many_values_and_no_more),
        cmocka_unit_test(near_the_start_the_reason_is_jansson_s),
        cmocka_unit_test(further_on_it_is_the_place),
        cmocka_unit_test(so_it_is_where_jansson_has_another_reason),
        cmocka_unit_test(so_it_is_where_a_long_text_has_a_long_number),
        cmocka_unit_test(so_it_is_of_a_name_that_is_there_twice),
        cmocka_unit_test(numbers_have_an_end),
        cmocka_unit_test(nothing_is_left_of_what_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
