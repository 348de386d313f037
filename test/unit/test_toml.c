#include "sim/format/toml.h"

#include <stdio.h>

#include "test/unit/vectors.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct toml parsed(const char *text)
{
    struct error error = {.kind = ERROR_NONE};
    struct toml toml;

    if (toml_parse(span_text(text), &arena, &toml, &error))
        fail_msg("%s", error.text);
    return toml;
}

static const struct toml_value *found(const struct toml *toml, const char *table, const char *key)
{
    const struct toml_value *value = toml_find(toml, table, key);

    if (!value)
        fail_msg("no %s in [%s]", key, table);
    return value;
}

static void assert_string(const struct toml *toml, const char *table, const char *key, const char *text)
{
    assert_int_equal(found(toml, table, key)->type, TOML_STRING);
    assert_string_equal(found(toml, table, key)->text, text);
}

static void the_file_of_the_real_simulator(void **state)
{
    struct toml toml = parsed("# the real simulator's\r\n"
                              "[default]\n"
                              "workers = 8\n"
                              "ident = \"dstack Guest Agent\" # shown\n"
                              "\n"
                              "[default.core]\n"
                              "keys_file = 'appkeys.json'\n"
                              "data_disks = [\"/\", \n  '/data', # the second\n ]\n"
                              "[default.core.simulator]\n"
                              "enabled = true\n"
                              "[internal-v0]\n"
                              "address = \"unix:./tappd.sock\"\n"
                              "reuse = false\n");
    const struct toml_value *disks;

    (void)state;
    assert_int_equal(toml.count, 7);
    assert_int_equal(found(&toml, "default", "workers")->type, TOML_INTEGER);
    assert_int_equal(found(&toml, "default", "workers")->integer, 8);
    assert_int_equal(found(&toml, "default", "workers")->line, 3);
    assert_string(&toml, "default", "ident", "dstack Guest Agent");
    assert_string(&toml, "default.core", "keys_file", "appkeys.json");
    disks = found(&toml, "default.core", "data_disks");
    assert_int_equal(disks->type, TOML_LIST);
    assert_int_equal(disks->item_count, 2);
    assert_string_equal(disks->items[1], "/data");
    assert_int_equal(found(&toml, "default.core.simulator", "enabled")->type, TOML_BOOLEAN);
    assert_int_equal(found(&toml, "default.core.simulator", "enabled")->integer, 1);
    assert_string(&toml, "internal-v0", "address", "unix:./tappd.sock");
    assert_int_equal(found(&toml, "internal-v0", "reuse")->integer, 0);
    assert_int_equal(found(&toml, "internal-v0", "reuse")->line, 15);
    assert_null(toml_find(&toml, "internal", "address"));
}

static void keys_in_every_form(void **state)
{
    struct toml toml = parsed("top = 1\n"
                              "a . b.\"c\" = 2\n"
                              "limits = { json = \"1 MiB\", form.size = 3, none = {} }\n"
                              "[ x . 'y' ]\n"
                              "1-2_3 = +4_000\n"
                              "least = -9223372036854775808");

    (void)state;
    assert_int_equal(found(&toml, "", "top")->integer, 1);
    assert_int_equal(found(&toml, "a.b", "c")->integer, 2);
    assert_string(&toml, "limits", "json", "1 MiB");
    assert_int_equal(found(&toml, "limits.form", "size")->integer, 3);
    assert_int_equal(found(&toml, "x.y", "1-2_3")->integer, 4000);
    assert_int_equal(found(&toml, "x.y", "least")->integer, INT64_MIN);
    assert_int_equal(toml.count, 6);
    assert_int_equal(parsed("").count, 0);
    assert_int_equal(parsed(" \t# nothing").count, 0);
}

static void strings_in_every_form(void **state)
{
    struct toml toml = parsed("a = \"\\b\\t\\n\\f\\r\\\"\\\\#\"\n"
                              "b = '\\n \"x\"'\n"
                              "c = \"\\u0080\\u00e9\\u20ac\\U0001F600\"\n"
                              "d = \"gr\xc3\xbc\xc3\x9f\"\n"
                              "e = \"\"\n"
                              "f = ''");

    (void)state;
    assert_string(&toml, "", "a", "\b\t\n\f\r\"\\#");
    assert_string(&toml, "", "b", "\\n \"x\"");
    assert_string(&toml, "", "c", "\xc2\x80\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_string(&toml, "", "d", "gr\xc3\xbc\xc3\x9f");
    assert_string(&toml, "", "e", "");
    assert_string(&toml, "", "f", "");
}

static void assert_refused(struct span text, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct toml toml;

    assert_int_equal(toml_parse(text, &arena, &toml, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, sentence))
        fail_msg("\"%s\" does not say \"%s\"", error.text, sentence);
}

static void what_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"a", "line 1: expected = after the key a"},
        {"\n\na = ", "line 3: a has no value"},
        {"a = # 1", "line 1: a has no value"},
        {"= 1", "line 1: expected a key"},
        {"a = 1 b = 2", "line 1: unexpected \"b = 2\"; expected the end of the line"},
        {"a = 1\na = 2", "line 2: a is already set in line 1"},
        {"a = 1\na.b = 2", "line 2: a.b is already set in line 1"},
        {"a.b = 1\na = 2", "line 2: a is already set in line 1"},
        {"a = 1\n[a]\nb = 2", "line 3: a.b is already set in line 1"},
        {"[a]\n[b]\n[a]", "line 3: the table [a] is there twice"},
        {"[a", "line 1: expected ] after the name of the table"},
        {"[]", "line 1: expected a key"},
        {"[a.]", "line 1: expected a key"},
        {"[a] b = 1", "line 1: unexpected \"b = 1\""},
        {"[[a]]", "line 1: lists of tables, as in [[name]]"},
        {"\"a b\" = 1", "line 1: the key \"a b\" has other characters"},
        {"\"\" = 1", "line 1: the key \"\" has other characters"},
        {"a = \"x", "line 1: the string has no \" at its end"},
        {"a = 'x\ny'", "line 1: the string has no ' at its end"},
        {"a = \"\"\"x\"\"\"", "line 1: strings of several lines"},
        {"a = '''x'''", "line 1: strings of several lines"},
        {"a = \"C:\\dir\"", "line 1: \\d is not an escape"},
        {"a = \"x\\", "line 1: \\ is not an escape"},
        {"a = \"\\u12\"", "line 1: \\u needs 4 hex digits"},
        {"a = \"\\u0000\"", "line 1: U+0000 is not a character"},
        {"a = \"\\ud800\"", "line 1: U+d800 is not a character"},
        {"a = \"\\U00110000\"", "line 1: U+00110000 is not a character"},
        {"a = 1.5", "line 1: \"1.5\" is not a value that is read here"},
        {"a = 0x10", "line 1: \"0x10\" is not a value"},
        {"a = 010", "line 1: \"010\" is not a value"},
        {"a = 1__0", "line 1: \"1__0\" is not a value"},
        {"a = 1_", "line 1: \"1_\" is not a value"},
        {"a = -", "line 1: \"-\" is not a value"},
        {"a = +-1", "line 1: \"+-1\" is not a value"},
        {"a = 2026-01-01", "line 1: \"2026-01-01\" is not a value"},
        {"a = True", "line 1: \"True\" is not a value"},
        {"a = yes", "line 1: \"yes\" is not a value"},
        {"a = 9223372036854775808", "line 1: 9223372036854775808 is out of range"},
        {"a = [1]", "line 1: expected a string or ] in the list of a"},
        {"a = [\"x\"\n\"y\"]", "line 2: expected , or ] in the list of a"},
        {"a = [,]", "line 1: expected a string or ]"},
        {"a = [\"x\"", "line 1: expected , or ] in the list of a"},
        {"a = {b = 1", "line 1: expected , or } in the inline table a"},
        {"a = {b = 1,}", "line 1: expected a key"},
        {"a = {\nb = 1}", "line 1: expected a key"},
        {"a={a={a={a={a={a={a={a={a={}}}}}}}}}", "nested more than 8 deep"},
        {"a = \x01", "line 1: the control character 0x01"},
        {"# \x7f", "line 1: the control character 0x7f"},
        {"a = 1\rb = 2", "line 1: the control character 0x0d"},
        {"a = \"\xff\"", "must be UTF-8 text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(span_text(cases[i][0]), cases[i][1]);
    assert_refused(span_of("a = 1\n\0", 7), "line 2: the control character 0x00");
}

/* A number between two texts, for each number below count. */
static struct span many(char *text, size_t size, const char *before, const char *after, unsigned count)
{
    size_t len = 0;

    for (unsigned i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%u%s", before, i, after);
    assert_true(len < size);
    return span_of(text, len);
}

static void there_are_limits(void **state)
{
    static char text[65536];
    struct span list;

    (void)state;
    parsed((const char *)many(text, sizeof text, "k", " = 1\n", TOML_VALUES_MAX).data);
    assert_refused(many(text, sizeof text, "k", " = 1\n", TOML_VALUES_MAX + 1), "at most 256 values");
    parsed((const char *)many(text, sizeof text, "[t", "]\n", TOML_TABLES_MAX).data);
    assert_refused(many(text, sizeof text, "[t", "]\n", TOML_TABLES_MAX + 1), "at most 64 tables");
    memcpy(text, "a = [", 5);
    list = many(text + 5, sizeof text - 5, "'", "',", TOML_ITEMS_MAX + 1);
    assert_refused(span_of(text, list.len + 5), "more than 64 strings");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_of_the_real_simulator),
        TEST(keys_in_every_form),
        TEST(strings_in_every_form),
        TEST(what_is_refused),
        TEST(there_are_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
