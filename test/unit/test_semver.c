/* Versions, and ranges as Rust's package manager reads them. */
#include "sim/format/semver.h"

#include <stdio.h>

#include "test/unit/vectors.h"

static void a_version_is_three_numbers(void **state)
{
    struct semver version;

    (void)state;
    assert_true(semver_read("0.6.10", &version));
    assert_true(version.major == 0 && version.minor == 6 && version.patch == 10);
    assert_true(semver_read("18446744073709551615.0.0", &version));
    assert_true(version.major == UINT64_MAX);
}

static void what_is_not_a_version(void **state)
{
    static const char *const texts[] = {
        "",           "0",      "0.6",    "0.6.",   ".6.0",  "0.6.0.1", "v0.6.0",
        "0.6.0-rc.1", "0.06.0", "0.6.0 ", "-1.0.0", "0.6.x", "0.6.+1",  "18446744073709551616.0.0",
    };
    struct semver version;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (semver_read(texts[i], &version))
            fail_msg("\"%s\" was read", texts[i]);
}

/* For each range, the releases in it and those that are not, separated by blanks. */
static const struct {
    const char *range, *inside, *outside;
} rows[] = {
    {">=0.6.0", "0.6.0 0.6.1 0.7.0 1.0.0", "0.5.11 0.0.0"},
    {">=0.6.0, <0.7.0", "0.6.0 0.6.99", "0.5.11 0.7.0"},
    {"  >=  0.6.0 ,<0.7.0 ", "0.6.0", "0.7.0"},
    {">0.6.0", "0.6.1 0.7.0", "0.6.0 0.5.11"},
    {">0.6", "0.7.0 1.0.0", "0.6.0 0.6.9 0.5.0"},
    {">0", "1.0.0", "0.99.0"},
    {"<0.6", "0.5.11", "0.6.0"},
    {"<=0.6", "0.6.9 0.5.0", "0.7.0"},
    {"<=0.6.1", "0.6.1 0.6.0", "0.6.2"},
    {"=0.6.1", "0.6.1", "0.6.0 0.6.2"},
    {"=0.6", "0.6.0 0.6.9", "0.5.0 0.7.0"},
    {"=1", "1.0.0 1.9.9", "0.9.0 2.0.0"},
    {"^0.6", "0.6.0 0.6.9", "0.5.0 0.7.0"},
    {"^0.6.2", "0.6.2 0.6.9", "0.6.1 0.7.0"},
    {"^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0"},
    {"^0.0.3", "0.0.3", "0.0.4 0.0.2 0.1.0"},
    {"^0.0", "0.0.0 0.0.9", "0.1.0"},
    {"^0", "0.0.0 0.9.0", "1.0.0"},
    {"0.6", "0.6.0 0.6.5", "0.7.0 0.5.0"},
    {"0.6.1", "0.6.1 0.6.5", "0.6.0 0.7.0"},
    {"~0.6.1", "0.6.1 0.6.9", "0.6.0 0.7.0"},
    {"~0.6", "0.6.0 0.6.9", "0.7.0"},
    {"~1", "1.0.0 1.9.0", "0.9.0 2.0.0"},
    {"*", "0.0.0 9.9.9", ""},
    {"x", "0.6.0", ""},
    {"0.*", "0.0.0 0.9.0", "1.0.0"},
    {"0.6.*", "0.6.0 0.6.9", "0.7.0"},
    {"1.*.*", "1.0.0 1.2.3", "2.0.0"},
    {">=0.6.*", "0.6.0 0.7.0", "0.5.0"},
    {">=0.6.0-rc.1", "0.6.0 0.6.1", "0.5.9"},
    {">0.6.0-rc.1", "0.6.0", "0.5.9"},
    {"<0.6.0-rc.1", "0.5.9", "0.6.0"},
    {"<=0.6.0-rc.1", "0.5.9", "0.6.0"},
    {"=0.6.0-rc.1", "", "0.6.0"},
    {"^0.6.0-rc.1", "0.6.0 0.6.1", "0.7.0"},
    {">=0.6.0+build.01", "0.6.0", "0.5.0"},
};

static void check(const char *range, const char *versions, bool is_inside)
{
    char text[100], *rest = NULL;

    snprintf(text, sizeof text, "%s", versions);
    for (char *one = strtok_r(text, " ", &rest); one; one = strtok_r(NULL, " ", &rest)) {
        struct error error = {.kind = ERROR_NONE};
        struct semver version;
        bool is_match;

        assert_true(semver_read(one, &version));
        if (semver_match(range, &version, &is_match, &error))
            fail_msg("%s: %s", range, error.text);
        if (is_match != is_inside)
            fail_msg("\"%s\" and %s", range, one);
    }
}

static void a_range_has_its_releases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(rows[i].range, rows[i].inside, true);
        check(rows[i].range, rows[i].outside, false);
    }
}

static void what_is_not_a_range(void **state)
{
    static const char *const texts[] = {
        "",           " ",          ">=",
        ">=0.6 <0.7", ">=0.6.0,",   ",>=0.6",
        "*, >=0.6",   ">=0.6, *",   "*.*",
        "*.1",        "0.*.1",      ">=*",
        "0.06",       "0.6.0.a0",   "=>0.6",
        "0.6-rc",     "v0.6.0",     "0.6.0-",
        "0.6.0-01",   "0.6.0-a..b", "0.6.0+",
        "0.6.0 x",    "|| 0.6",     "0.",
        ".6",         ">=0.6.0-_",  "0.6.18446744073709551616",
    };
    const struct semver version = {0, 6, 0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error = {.kind = ERROR_NONE};
        bool is_match;

        if (semver_match(texts[i], &version, &is_match, &error) == 0)
            fail_msg("\"%s\" was read", texts[i]);
        assert_non_null(strstr(error.text, "is not a range of versions such as >=0.6.0, <0.7.0"));
    }
}

static void the_place_of_a_mistake_is_named(void **state)
{
    const struct semver version = {0, 6, 0};
    struct error error = {.kind = ERROR_NONE};
    bool is_match;

    (void)state;
    assert_int_equal(semver_match(">=0.6 <0.7", &version, &is_match, &error), -1);
    assert_string_equal(error.text,
                        "\">=0.6 <0.7\" is not a range of versions such as >=0.6.0, <0.7.0: see byte 7");
}

static void a_range_has_at_most_32_parts(void **state)
{
    const struct semver version = {0, 6, 0};
    struct error error = {.kind = ERROR_NONE};
    char range[200] = "";
    bool is_match;

    (void)state;
    for (int i = 0; i < 32; i++)
        strcat(range, i ? ",>0" : ">0");
    assert_int_equal(semver_match(range, &version, &is_match, &error), 0);
    strcat(range, ",>0");
    assert_int_equal(semver_match(range, &version, &is_match, &error), -1);
    assert_string_equal(error.text, "a range of versions has at most 32 parts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_three_numbers),      cmocka_unit_test(what_is_not_a_version),
        cmocka_unit_test(a_range_has_its_releases),        cmocka_unit_test(what_is_not_a_range),
        cmocka_unit_test(the_place_of_a_mistake_is_named), cmocka_unit_test(a_range_has_at_most_32_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
