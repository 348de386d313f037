/* Which TDs ignore an encrypted environment, and what is said of one then. */
#include "sim/td/td_env.h"

#include "test/unit/td_fixture.h"

static void only_without_any_key_is_it_ignored(void **state)
{
    static const struct {
        const char *app_compose;
        bool has_env_key, is_ignored;
        const char *error;
    } rows[] = {
        {"{\"kms_enabled\":true}", true, false, NULL},
        {"{\"kms_enabled\":true}", false, false, NULL}, /* the KMS has one */
        {"{\"kms_enabled\":false}", true, false, NULL}, /* that of its app keys file */
        {"{\"kms_enabled\":false}", false, true,
         "the app's key provider is \"none\": without a KMS, an encrypted environment is ignored"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct td_config config;
        struct arena arena;
        struct env env = {.count = 0};
        struct td *td;

        td_config_init(&config);
        config.app_compose = span_text(rows[i].app_compose);
        td = td_fixture_cluster(NULL, &config)->first;
        td->keys.has_env_key = rows[i].has_env_key;
        arena_init(&arena);
        assert_int_equal(td_env_is_ignored(&td->env), rows[i].is_ignored);
        assert_int_equal(td_env_decrypt(&td->env, span_text("x"), &arena, &env, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (rows[i].error)
            assert_string_equal(error.text, rows[i].error);
        else
            assert_null(strstr(error.text, "ignored"));
        arena_free(&arena);
        td_fixture_free(td);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_without_any_key_is_it_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
