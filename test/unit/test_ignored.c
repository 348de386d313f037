/* Which ignored members are kept, and what they may have meant. */
#include "sim/rpc/ignored.h"

#include "proto/dstack_guest.pb-c.h"
#include "test/unit/vectors.h"

static void add(struct http_ignored *ignored, const char *name)
{
    ignored_add(ignored, &dstack__get_tls_key_args__descriptor, span_text(name));
}

static void assert_nearest(const char *name, const char *expected)
{
    struct http_ignored ignored = {.count = 0};

    add(&ignored, name);
    assert_string_equal(ignored.members[0].name, name);
    if (expected)
        assert_string_equal(ignored.members[0].nearest, expected);
    else
        assert_null(ignored.members[0].nearest);
}

static void a_misspelt_name_has_its_field(void **state)
{
    struct http_ignored none = {.count = 0};

    (void)state;
    assert_nearest("altNames", "alt_names");
    assert_nearest("usageRaTls", "usage_ra_tls");
    assert_nearest("SUBJECT", "subject");
    assert_nearest("color", NULL);
    ignored_add(&none, &dstack__empty__descriptor, span_text("subject"));
    assert_null(none.members[0].nearest);
}

static void names_are_cut_and_printable(void **state)
{
    struct http_ignored ignored = {.count = 0};
    char name[2 * HTTP_MEMBER_BYTES];

    (void)state;
    ignored_add(&ignored, &dstack__empty__descriptor, span_of("a b\n\xff\0~", 7));
    assert_string_equal(ignored.members[0].name, "a?b???~");
    memset(name, 'n', sizeof name);
    for (size_t len = HTTP_MEMBER_BYTES - 2; len <= HTTP_MEMBER_BYTES + 1; len++) {
        ignored = (struct http_ignored){.count = 0};
        ignored_add(&ignored, &dstack__empty__descriptor, span_of(name, len));
        assert_int_equal(strlen(ignored.members[0].name),
                         len < HTTP_MEMBER_BYTES ? len : HTTP_MEMBER_BYTES - 1);
    }
}

static void what_is_there_or_does_not_fit_is_counted(void **state)
{
    struct http_ignored ignored = {.count = 0};
    char name[] = "a";

    (void)state;
    for (; name[0] < 'a' + HTTP_IGNORED_MAX + 3; name[0]++) {
        add(&ignored, name);
        add(&ignored, "a");
    }
    assert_int_equal(ignored.count, 2 * (HTTP_IGNORED_MAX + 3));
    assert_int_equal(ignored.named, HTTP_IGNORED_MAX);
    for (size_t i = 0; i < HTTP_IGNORED_MAX; i++)
        assert_int_equal(ignored.members[i].name[0], 'a' + (int)i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_misspelt_name_has_its_field),
        cmocka_unit_test(names_are_cut_and_printable),
        cmocka_unit_test(what_is_there_or_does_not_fit_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
