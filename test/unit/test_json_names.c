/* Names of members: found when an object has them twice, whatever lies in it and in what it lies. */
#include <stdio.h>

#include "sim/format/json_names.h"
#include "test/unit/vectors.h"

#define OBJECTS 70u
#define NAMES 1000u

static bool add(struct json_names *names, uint32_t object, const char *name)
{
    return json_names_add(names, object, span_text(name), NULL);
}

static void a_name_is_once_in_each_object(void **state)
{
    struct json_names names = {.count = 0};
    uint32_t outer, inner;

    (void)state;
    outer = json_names_open(&names);
    assert_true(add(&names, outer, "a"));
    assert_true(add(&names, outer, ""));
    assert_true(add(&names, outer, "ab"));
    inner = json_names_open(&names);
    assert_true(add(&names, inner, "a"));
    assert_true(add(&names, inner, ""));
    assert_false(add(&names, inner, "a"));
    assert_true(add(&names, inner, "inner"));
    json_names_close(&names, inner);
    assert_false(add(&names, outer, "a"));
    assert_false(add(&names, outer, ""));
    assert_true(add(&names, outer, "inner"));
    json_names_close(&names, outer);
    outer = json_names_open(&names);
    assert_true(add(&names, outer, "a"));
    json_names_free(&names);
}

/* Of every length around a word, which differ in one byte. */
static void every_byte_of_a_name_counts(void **state)
{
    static const char base[] = "0123456789abcdefghijklmn";
    struct json_names names = {.count = 0};
    char texts[sizeof base][sizeof base][sizeof base];

    (void)state;
    for (size_t len = 0; len < sizeof base; len++)
        for (size_t at = 0; at <= len; at++) {
            char *text = texts[len][at];

            memcpy(text, base, len);
            if (at < len)
                text[at] = '#';
            assert_true(json_names_add(&names, 0, span_of(text, len), NULL));
        }
    for (size_t len = 0; len < sizeof base; len++)
        assert_false(json_names_add(&names, 0, span_of(base, len), NULL));
    json_names_free(&names);
}

static bool add_number(struct json_names *names, uint32_t object, unsigned number)
{
    char *text = malloc(16);

    snprintf(text, 16, "%u", number);
    return json_names_add(names, object, span_text(text), text);
}

/* As many names as a text may have, and more, in objects that lie in each other: all of them are found as long
 * as their object is open, and none after that. */
static void many_are_found(void **state)
{
    struct json_names names = {.count = 0};
    uint32_t objects[OBJECTS];

    (void)state;
    for (unsigned i = 0; i < OBJECTS; i++) {
        objects[i] = json_names_open(&names);
        for (unsigned number = 0; number < NAMES; number++)
            assert_true(add_number(&names, objects[i], number));
    }
    for (unsigned i = OBJECTS; i-- > 0;) {
        for (unsigned number = 0; number < NAMES; number++)
            assert_false(add_number(&names, objects[i], number));
        assert_true(add_number(&names, objects[i], NAMES));
        json_names_close(&names, objects[i]);
    }
    assert_int_equal(names.count, 0);
    assert_true(add_number(&names, 0, 1));
    json_names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_once_in_each_object),
        cmocka_unit_test(every_byte_of_a_name_counts),
        cmocka_unit_test(many_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
