/* App-compose files: kept exactly, hashed as they are. */
#include "sim/app/app.h"

#include "test/unit/vectors.h"

static struct app app;

static int parse(const char *text, struct error *error)
{
    error->kind = ERROR_NONE;
    return app_parse(&app, span_text(text), error);
}

static void keeps_and_hashes_the_exact_bytes(void **state)
{
    static const char *const spaced = " {\"name\" : \"x\"}\n";
    struct error error;

    (void)state;
    assert_int_equal(parse("{\"name\":\"x\"}", &error), 0);
    assert_hex_equal(app.compose_hash, 32,
                     "0229d37e33daae149bf40543a5ce1db4459d10f830d5139279aa2bfd5f6485a1");
    assert_string_equal(app.says.name, "x");
    app_free(&app);
    assert_int_equal(parse(spaced, &error), 0);
    assert_string_equal(app.compose, spaced);
    assert_int_equal(app.compose_len, strlen(spaced));
    assert_string_equal(app.says.name, "x");
    assert_int_not_equal(app.compose_hash[0], 0x02);
    app_free(&app);
}

static void name_and_flag_may_be_missing(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(parse("{}", &error), 0);
    assert_string_equal(app.says.name, "");
    assert_true(app.says.public_tcbinfo);
    app_free(&app);
    assert_int_equal(parse("{\"public_tcbinfo\":false,\"name\":\"\xc3\xa4\"}", &error), 0);
    assert_string_equal(app.says.name, "\xc3\xa4");
    assert_false(app.says.public_tcbinfo);
    app_free(&app);
}

static void refuses_what_it_cannot_show(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "not valid JSON"},
        {"\"x\"", "JSON"},
        {"[]", "must be a JSON object"},
        {"{\"a\":\"\xc3\"}", "must be UTF-8"},
        {"{\"a\":\"\xed\xa0\x80\"}", "must be UTF-8"},
        {"{\"name\":null}", "name must be a string"},
        {"{\"public_tcbinfo\":\"yes\"}", "public_tcbinfo must be true or false"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;

        assert_int_equal(parse(cases[i].text, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].expected, error.text);
        assert_null(app.compose);
        assert_null(app.says.name);
    }
}

static void a_raw_nul_is_refused(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(app_parse(&app, span_of("{}\0", 3), &error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_and_hashes_the_exact_bytes),
        cmocka_unit_test(name_and_flag_may_be_missing),
        cmocka_unit_test(refuses_what_it_cannot_show),
        cmocka_unit_test(a_raw_nul_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
