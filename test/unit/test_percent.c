/* Escapes in paths and query strings. */
#include "sim/rpc/percent.h"

#include "test/unit/vectors.h"

static void an_escape_is_a_byte(void **state)
{
    static const struct {
        const char *text;
        size_t at;
        int value;
    } cases[] = {
        {"%00", 0, 0},    {"%2f", 0, '/'}, {"%2F", 0, '/'}, {"a%fFb", 1, 0xff},
        {"%%41", 1, 'A'}, {"%", 0, -1},    {"%4", 0, -1},   {"%4g", 0, -1},
        {"%g4", 0, -1},   {"% 4", 0, -1},  {"%-1", 0, -1},  {"a%", 1, -1},
        {"%%41", 0, -1},  {"%@@", 0, -1},  {"%`a", 0, -1},  {"%\xc4\xb1", 0, -1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* A heap block of that size, so that ASan sees a read past it. */
        size_t len = strlen(cases[i].text);
        uint8_t *copy = malloc(len);

        assert_non_null(copy);
        memcpy(copy, cases[i].text, len);
        assert_int_equal(percent_read(span_of(copy, len), cases[i].at), cases[i].value);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_escape_is_a_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
