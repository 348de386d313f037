#include <ctype.h>

#include "sim/services/registry.h"
#include "test/unit/options_fixture.h"

static void rows_are_found(void **state)
{
    char variable[OPTIONS_NAME_MAX];
    size_t rows = 0;

    (void)state;
    for (const struct option_row *row = options_table; row->name; row++, rows++) {
        assert_ptr_equal(options_table_find(row->name, strlen(row->name)), row);
        if (row->letter)
            assert_ptr_equal(options_table_find_letter(row->letter), row);
        assert_ptr_equal(options_table_nearest(row->name, strlen(row->name)), row);
        assert_true(strlen(OPTIONS_PREFIX) + strlen(row->name) < OPTIONS_NAME_MAX);
    }
    assert_true(rows <= OPTIONS_MAX);
    assert_null(options_table_find("listen", 5));
    assert_null(options_table_find_letter('\0'));
    options_table_variable(options_table_find("print-root-ca", 13), variable);
    assert_string_equal(variable, "DSTACK_SIMULATOR_PRINT_ROOT_CA");
}

static void rows_are_whole(void **state)
{
    (void)state;
    for (const struct option_row *row = options_table; row->name; row++) {
        assert_int_equal(options_table_is_bool(row), row->argument == NULL);
        if (row->kind == OPTION_WORD)
            assert_non_null(row->word);
        else
            assert_true(!row->word || row->read);
        if (row->kind == OPTION_PARSED || options_table_is_list(row))
            assert_non_null(row->read);
        assert_non_null(row->brief);
        assert_false(row->is_joined && row->shared);
        if (row->is_joined)
            assert_int_equal(row->group, row[-1].group);
        if (row->shared)
            assert_true(row[1].is_joined);
        if (row->more)
            assert_int_equal(row->more[strlen(row->more) - 1], '.');
    }
}

static void sentences_are_whole(void **state)
{
    char sentences[OPTIONS_SENTENCES_MAX];

    (void)state;
    for (const struct option_row *row = options_table; row->name; row++) {
        options_table_sentences(row, sentences);
        assert_true(isupper((unsigned char)sentences[0]) || strchr("/", sentences[0]));
        assert_int_equal(sentences[strlen(sentences) - 1], '.');
        assert_null(strchr(sentences, '@'));
    }
}

/* --listen says which services there are, whatever they are. */
static void services_are_named(void **state)
{
    char sentences[OPTIONS_SENTENCES_MAX];

    (void)state;
    options_table_sentences(options_table_find("listen", 6), sentences);
    for (size_t i = 0; registry_name(i); i++)
        assert_non_null(strstr(sentences, registry_name(i)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(sentences_are_whole),
        cmocka_unit_test(services_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
