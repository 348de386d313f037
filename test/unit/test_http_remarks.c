/* How remarks are put into words. */
#include "sim/http/http_remarks.h"

#include "test/unit/vectors.h"

static void assert_ignored(const struct http_ignored *ignored, const char *expected)
{
    const struct http_remarks remarks = {.ignored = *ignored};
    char text[HTTP_IGNORED_TEXT_BYTES];

    http_remarks_ignored(&remarks, text);
    assert_string_equal(text, expected);
    assert_int_equal(http_remarks_are_empty(&remarks), ignored->count == 0);
}

static void ignored_members_are_named_and_counted(void **state)
{
    (void)state;
    assert_ignored(&(struct http_ignored){.count = 0}, "");
    assert_ignored(&(struct http_ignored){1, 1, {{"foo", NULL}}}, "foo");
    assert_ignored(&(struct http_ignored){2, 2, {{"reportData", "report_data"}, {"foo", NULL}}},
                   "reportData (did you mean report_data?), foo");
    assert_ignored(&(struct http_ignored){5, 2, {{"a", NULL}, {"b", NULL}}}, "a, b and 3 more");
    assert_ignored(&(struct http_ignored){1, 0, {{"", NULL}}}, "1 unknown field");
    assert_ignored(&(struct http_ignored){2, 0, {{"", NULL}}}, "2 unknown fields");
}

static void long_names_end_within_the_text(void **state)
{
    static const char nearest[] = "nearest_nearest_nearest_nearest_nearest_nearest_nearest_nearest_nearest_"
                                  "nearest_nearest_nearest_nearest_nearest_nearest_nearest_nearest_nearest";
    struct http_remarks remarks = {.ignored = {.count = 99, .named = HTTP_IGNORED_MAX}};
    char text[HTTP_IGNORED_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < HTTP_IGNORED_MAX; i++) {
        memset(remarks.ignored.members[i].name, 'n', HTTP_MEMBER_BYTES - 1);
        remarks.ignored.members[i].nearest = nearest;
    }
    http_remarks_ignored(&remarks, text);
    assert_int_equal(strlen(text), sizeof text - 1);
}

static void a_reason_is_a_remark(void **state)
{
    (void)state;
    assert_false(http_remarks_are_empty(&(struct http_remarks){.reason = "x"}));
    assert_true(http_remarks_are_empty(&(struct http_remarks){.reason = ""}));
}

static void cleared_ones_are_empty(void **state)
{
    struct http_remarks remarks = {"x", {4, 2, {{"reportData", "report_data"}, {"f", NULL}}}};
    char text[HTTP_IGNORED_TEXT_BYTES];

    (void)state;
    http_remarks_clear(&remarks);
    assert_true(http_remarks_are_empty(&remarks));
    http_remarks_ignored(&remarks, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ignored_members_are_named_and_counted),
        cmocka_unit_test(long_names_end_within_the_text),
        cmocka_unit_test(a_reason_is_a_remark),
        cmocka_unit_test(cleared_ones_are_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
