/* Arguments in a query string. */
#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

#define TLS (&dstack__get_tls_key_args__descriptor)
#define EVENT (&dstack__emit_event_args__descriptor)

static Dstack__GetTlsKeyArgs *tls(struct rpc_fixture *fixture, const char *query)
{
    return rpc_decode(fixture, codec_query_decode, TLS, query);
}

static void refuse(struct rpc_fixture *fixture, const char *query, const char *says)
{
    rpc_refuse(fixture, codec_query_decode, TLS, query, says);
}

static void an_empty_query_is_all_defaults(void **state)
{
    static const char *const queries[] = {"", "&", "&&&", "=", "=x", "&=&"};
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        Dstack__GetTlsKeyArgs *args = tls(fixture, queries[i]);
        assert_string_equal(args->subject, "");
        assert_int_equal(args->n_alt_names, 0);
        assert_int_equal(args->optional_not_after_case, 0);
        rpc_decode(fixture, codec_query_decode, &dstack__empty__descriptor, queries[i]);
    }
}

static void percent_and_plus_are_decoded(void **state)
{
    struct rpc_fixture *fixture = *state;

    assert_string_equal(tls(fixture, "subject=a+b%20c%2Bd%2f")->subject, "a b c+d/");
    assert_string_equal(tls(fixture, "subject=caf%C3%A9%f0%9F%98%80")->subject,
                        "caf\xc3\xa9\xf0\x9f\x98\x80");
    assert_string_equal(tls(fixture, "subject=caf\xc3\xa9")->subject, "caf\xc3\xa9");
    assert_string_equal(tls(fixture, "subject=a%26b%3Dc%25d")->subject, "a&b=c%d");
    assert_string_equal(tls(fixture, "subject=a=b=c")->subject, "a=b=c");
    assert_string_equal(tls(fixture, "%73ub%6Aect=x")->subject, "x");
    assert_string_equal(tls(fixture, "&&subject=x&")->subject, "x");
}

static void a_bad_percent_is_refused(void **state)
{
    static const char *const queries[] = {
        "subject=%",       "subject=%4",  "subject=%zz", "subject=%4g", "subject=%g4", "subject=%%41",
        "subject=a%&x=41", "subject=%+1", "su%bject=x",  "other=%",     "%",           "subject=%:0",
        "subject=%0/",     "subject=%@0", "subject=%`0",
    };
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        refuse(fixture, queries[i], "'%' that is not followed by two hex digits");
}

static void repeated_names_append_or_replace(void **state)
{
    struct rpc_fixture *fixture = *state;
    Dstack__GetTlsKeyArgs *args = tls(fixture, "alt_names=a&subject=x&alt_names=b+c&alt_names=&subject=y");

    assert_int_equal(args->n_alt_names, 3);
    assert_string_equal(args->alt_names[0], "a");
    assert_string_equal(args->alt_names[1], "b c");
    assert_string_equal(args->alt_names[2], "");
    assert_string_equal(args->subject, "y");
}

/* The forms that the real agent reads. */
static void lists_may_have_brackets(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct sample *sample;
    Dstack__GetTlsKeyArgs *args = tls(fixture, "alt_names[]=a&alt_names[]=b+c&subject=x&alt_names[]");

    assert_int_equal(args->n_alt_names, 3);
    assert_string_equal(args->alt_names[1], "b c");
    assert_string_equal(args->alt_names[2], "");
    args = tls(fixture, "alt_names[0]=a&alt_names[1]=b&alt%5Fnames[2]=c&alt_names[]=d&alt_names=e");
    assert_int_equal(args->n_alt_names, 5);
    assert_string_equal(args->alt_names[4], "e");
    sample = rpc_decode(fixture, codec_query_decode, &sample_descriptor, "numbers[]=7&flags[0]=1");
    assert_true(sample->n_numbers == 1 && sample->numbers[0] == 7 && sample->n_flags == 1);
    refuse(fixture, "alt_names[1]=a", "alt_names[...] must be numbered 0, 1, 2 in this order");
    refuse(fixture, "alt_names[0]=a&alt_names[0]=b", "or be written alt_names[]");
    refuse(fixture, "alt_names[x]=a", "alt_names[...] must be numbered");
}

static void other_brackets_are_parts_of_unknown_names(void **state)
{
    static const char *const queries[] = {"alt_names%5B%5D=a", "alt_names]=a",   "alt_names[=a",   "[]=a",
                                          "subject[]=a",       "alt_names[]x=a", "alt_names%5B]=a"};
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        assert_int_equal(tls(fixture, queries[i])->n_alt_names, 0);
        assert_string_equal(tls(fixture, queries[i])->subject, "");
    }
    rpc_refuse(fixture, codec_query_decode_strict, TLS, "subject[]=a", "unknown field subject");
}

static void exact_reading_refuses_what_the_real_agent_does(void **state)
{
    static const struct {
        const char *query, *says;
    } cases[] = {
        {"subject=a&subject=a", "subject must not be given twice"},
        {"usage_ra_tls=1", "usage_ra_tls must be true or false"},
        {"usage_ra_tls=0", "usage_ra_tls must be true or false"},
        {"usage_ra_tls=true&usage_ra_tls=true", "usage_ra_tls must not be given twice"},
        {"alt_names=a", "alt_names is a list, whose elements are given as alt_names[]=... in a query string"},
        {"alt_names[]=a&alt_names=b", "alt_names is a list"},
        {"Subject=a", "unknown field Subject: known fields are subject, alt_names"},
        {"alt_names%5B%5D=a", "unknown field alt_names[]"},
    };
    struct rpc_fixture *fixture = *state;
    Dstack__GetTlsKeyArgs *args = rpc_decode(
        fixture, codec_query_decode_exact, TLS,
        "json&subject=a&alt_names[]=b&alt_names[1]=c&usage_ra_tls=true&not_before=7&usage_client_auth=false");

    assert_true(args->usage_ra_tls && args->n_alt_names == 2 && args->not_before == 7);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rpc_refuse(fixture, codec_query_decode_exact, TLS, cases[i].query, cases[i].says);
        tls(fixture, cases[i].query);
    }
    rpc_refuse(fixture, codec_query_decode_exact, EVENT, "payload=0X00", "but not with 0X");
}

static void booleans_are_true_false_1_or_0(void **state)
{
    static const char *const wrong[] = {"", "=", "=TRUE", "=yes", "=2", "=01", "=true+", "=true%00"};
    struct rpc_fixture *fixture = *state;

    assert_true(tls(fixture, "usage_ra_tls=true")->usage_ra_tls);
    assert_true(tls(fixture, "usage_ra_tls=1")->usage_ra_tls);
    assert_true(tls(fixture, "usage_ra_tls=%74rue")->usage_ra_tls);
    assert_false(tls(fixture, "usage_ra_tls=1&usage_ra_tls=false")->usage_ra_tls);
    assert_false(tls(fixture, "usage_ra_tls=1&usage_ra_tls=0")->usage_ra_tls);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char query[64];
        snprintf(query, sizeof query, "usage_ra_tls%s", wrong[i]);
        refuse(fixture, query, "usage_ra_tls must be true, false, 1 or 0");
    }
}

static void integers_are_whole_decimal_numbers(void **state)
{
    struct rpc_fixture *fixture = *state;
    Dstack__GetTlsKeyArgs *args = tls(fixture, "not_before=0&not_after=18446744073709551615");

    assert_int_equal(args->optional_not_before_case,
                     DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_BEFORE_NOT_BEFORE);
    assert_true(args->not_before == 0);
    assert_int_equal(args->optional_not_after_case, DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_AFTER_NOT_AFTER);
    assert_true(args->not_after == UINT64_MAX);
    assert_int_equal(tls(fixture, "not_after=5")->optional_not_before_case, 0);
    refuse(fixture, "not_before=", "not_before must be a whole number, not an empty string");
    refuse(fixture, "not_before", "not_before must be a whole number, not an empty string");
    refuse(fixture, "not_before=-1", "not_before must be between 0 and 18446744073709551615");
    refuse(fixture, "not_before=18446744073709551616", "not_before must be between");
    refuse(fixture, "not_before=1.5", "not_before must be a whole number in decimal digits");
    refuse(fixture, "not_before=+1", "not_before must be a whole number in decimal digits");
}

static void bytes_are_hex_and_values_may_be_empty(void **state)
{
    struct rpc_fixture *fixture = *state;
    Dstack__EmitEventArgs *args =
        rpc_decode(fixture, codec_query_decode, EVENT, "event=&payload=0x00Ff%61%62");

    assert_string_equal(args->event, "");
    assert_hex_equal(args->payload.data, args->payload.len, "00ffab");
    args = rpc_decode(fixture, codec_query_decode, EVENT, "event&payload");
    assert_string_equal(args->event, "");
    assert_int_equal(args->payload.len, 0);
    rpc_refuse(fixture, codec_query_decode, EVENT, "payload=abc",
               "payload must be hex with two digits per byte");
    rpc_refuse(fixture, codec_query_decode, EVENT, "payload=zz", "payload must be hex, but character 1");
    rpc_refuse(fixture, codec_query_decode, EVENT, "payload=a+b", "payload must be hex, but character 2");
}

static void unknown_names_are_ignored(void **state)
{
    struct rpc_fixture *fixture = *state;

    assert_string_equal(tls(fixture, "json&other=%ff&Subject=X&subject=x&subjects=y&subj=z")->subject, "x");
    rpc_decode(fixture, codec_query_decode, &dstack__empty__descriptor, "anything=1&x");
    rpc_assert_ignored(fixture, 2, "anything"); /* x may be a value */
    tls(fixture, "json&json=1&=x&&subject=x&n%61me=1&a%20b=2");
    rpc_assert_ignored(fixture, 2, "name a?b");
}

static void zero_bytes_are_refused_in_texts(void **state)
{
    struct rpc_fixture *fixture = *state;

    refuse(fixture, "subject=a%00b", "subject must not contain the character U+0000");
    refuse(fixture, "alt_names=%00", "alt_names must not contain the character U+0000");
    rpc_refuse(fixture, codec_query_decode, EVENT, "payload=%00", "payload must be hex, but character 1");
    assert_string_equal(tls(fixture, "subject%00=a&subject%00x=b")->subject, ""); /* other, unknown names */
}

static void text_must_be_utf8(void **state)
{
    struct rpc_fixture *fixture = *state;

    refuse(fixture, "subject=%ff", "subject must be UTF-8 text");
    refuse(fixture, "subject=%C3", "subject must be UTF-8 text");
    refuse(fixture, "alt_names=ok&alt_names=%ed%a0%80", "alt_names must be UTF-8 text");
}

static void messages_are_not_for_a_query(void **state)
{
    struct rpc_fixture *fixture = *state;

    rpc_refuse(fixture, codec_query_decode, &sample_descriptor, "inner=x",
               "inner cannot be given in a query string; send a JSON body");
}

static void numbers_are_read_at_every_width(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct sample *sample =
        rpc_decode(fixture, codec_query_decode, &sample_descriptor,
                   "i32=-2147483648&i64=-1&u32=4294967295&numbers=1&numbers=2&flags=1&alias");

    assert_true(sample->i32 == INT32_MIN && sample->i64 == -1 && sample->u32 == UINT32_MAX);
    assert_int_equal(sample->n_numbers, 2);
    assert_true(sample->numbers[1] == 2);
    assert_int_equal(sample->n_flags, 1);
    assert_int_equal(sample->alias_case, 1);
    assert_string_equal(sample->alias, "");
    rpc_refuse(fixture, codec_query_decode, &sample_descriptor, "u32=4294967296", "u32 must be between");
}

static void the_json_flag_has_four_forms(void **state)
{
    static const char *const yes[] = {"json",     "json=",    "json=1",   "json=true",
                                      "a=b&json", "json&a=b", "&&json=1&"};
    static const char *const no[] = {"",      "json=0", "json=false", "json=2", "json=yes", "JSON",
                                     "jsonx", "xjson",  "a=json",     "jso",    "x&y=1",    "json=truex"};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!codec_query_wants_json(span_text(yes[i])))
            fail_msg("%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (codec_query_wants_json(span_text(no[i])))
            fail_msg("%s", no[i]);
    assert_false(codec_query_wants_json(SPAN_NONE));
}

static void items_can_be_taken_off(void **state)
{
    struct rpc_fixture *fixture = *state;
    static const char *const rows[][2] = {
        {"t=1", ""},        {"a=1&t=2", "a=1"}, {"t=1&a=1&t=2&b", "a=1&b"}, {"tt=1&t", "tt=1"},
        {"a=1&b", "a=1&b"}, {"a=t&t=a", "a=t"}, {"a=&t=&b=", "a=&b="},      {"a&t=1&b", "a&b"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!span_is(codec_query_without(span_text(rows[i][0]), "t", &fixture->arena), rows[i][1]))
            fail_msg("%s", rows[i][0]);
    assert_int_equal(codec_query_without(SPAN_NONE, "t", &fixture->arena).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(an_empty_query_is_all_defaults),
        RPC_TEST(percent_and_plus_are_decoded),
        RPC_TEST(a_bad_percent_is_refused),
        RPC_TEST(lists_may_have_brackets),
        RPC_TEST(other_brackets_are_parts_of_unknown_names),
        RPC_TEST(exact_reading_refuses_what_the_real_agent_does),
        RPC_TEST(repeated_names_append_or_replace),
        RPC_TEST(booleans_are_true_false_1_or_0),
        RPC_TEST(integers_are_whole_decimal_numbers),
        RPC_TEST(bytes_are_hex_and_values_may_be_empty),
        RPC_TEST(unknown_names_are_ignored),
        RPC_TEST(zero_bytes_are_refused_in_texts),
        RPC_TEST(text_must_be_utf8),
        RPC_TEST(messages_are_not_for_a_query),
        RPC_TEST(numbers_are_read_at_every_width),
        RPC_TEST(the_json_flag_has_four_forms),
        RPC_TEST(items_can_be_taken_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
