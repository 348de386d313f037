/* The versions of quotes by name, and where each has its TD report. */
#include "sim/tdx/quote_version.h"

#include "test/unit/vectors.h"

static const struct {
    enum quote_version version;
    const char *name;
    struct quote_layout layout;
} rows[] = {
    {QUOTE_VERSION_4, "4", {4, 0, 48, 584}},
    {QUOTE_VERSION_5, "5", {5, 2, 54, 584}},
    {QUOTE_VERSION_5_TD15, "5-td15", {5, 3, 54, 648}},
};

static void versions_have_names(void **state)
{
    static const char *const unknown[] = {"", "3", "6", "5-", "5-td10", "5-TD15", "v5"};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum quote_version version = QUOTE_VERSION_5;

        assert_string_equal(quote_version_name(rows[i].version), rows[i].name);
        assert_string_equal(quote_version_word(i), rows[i].name);
        assert_int_equal(quote_version_read(rows[i].name, &version, &error), 0);
        assert_int_equal(version, rows[i].version);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        enum quote_version version = QUOTE_VERSION_5;

        error.kind = ERROR_NONE;
        assert_int_equal(quote_version_read(unknown[i], &version, &error), -1);
        assert_int_equal(version, QUOTE_VERSION_5);
        assert_non_null(strstr(error.text, "is not one of 4, 5, 5-td15"));
    }
    assert_null(quote_version_word(sizeof rows / sizeof *rows));
}

static void versions_differ_up_to_the_report(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct quote_layout *layout = quote_version_layout(rows[i].version);

        assert_int_equal(layout->version, rows[i].layout.version);
        assert_int_equal(layout->body_type, rows[i].layout.body_type);
        assert_int_equal(layout->report_offset, rows[i].layout.report_offset);
        assert_int_equal(layout->report_bytes, rows[i].layout.report_bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_have_names),
        cmocka_unit_test(versions_differ_up_to_the_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
