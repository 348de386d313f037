/* Quotes taken apart, and why some cannot be. */
#include "sim/tdx/quote_parse.h"
#include "test/unit/verify_fixture.h"

enum {
    SIGNATURE_LENGTH = 632,
    CERTIFICATION = 764,
    AUTH_LENGTH = CERTIFICATION + 6 + 448,
    CHAIN = AUTH_LENGTH + 34
};

static const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};

static struct span a_quote(struct td *td, struct arena *arena)
{
    return td_quote(td, report_data, arena);
}

static struct span a_quote_of(struct td *td, enum quote_version version, struct arena *arena)
{
    const struct scenario scenario = {.quote_version = version};

    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    return a_quote(td, arena);
}

static void assert_parts(struct td *td, enum quote_version version)
{
    struct error error = {.kind = ERROR_NONE};
    struct quote_parts parts;
    struct arena arena;

    arena_init(&arena);
    assert_int_equal(quote_parse(a_quote_of(td, version, &arena), &parts, &error), 0);
    assert_int_equal(parts.version, version);
    assert_int_equal(parts.mrservicetd.len, version == QUOTE_VERSION_5_TD15 ? 48 : 0);
    assert_memory_equal(&parts.registers, &td->state.registers, sizeof td->state.registers);
    assert_true(span_equal(parts.report_data, span_of(report_data, sizeof report_data)));
    assert_true(span_equal(parts.tee_tcb_svn, span_of(td->shared->platform->first.tcb.tee_tcb_svn, 16)));
    assert_hex_equal(parts.td_attributes.data, 8, "0000001000000000");
    assert_true(span_equal(parts.attestation_key,
                           span_of(td->shared->platform->first.attestation_key.public_key, 64)));
    assert_true(
        span_equal(parts.qe_report, span_of(td->shared->platform->first.qe_report, SGX_REPORT_BYTES)));
    assert_true(span_equal(parts.qe_signature, span_of(td->shared->platform->first.qe_report_signature, 64)));
    assert_true(span_equal(parts.qe_auth, span_of(td->shared->platform->first.qe_auth, PLATFORM_AUTH_BYTES)));
    assert_memory_equal(parts.pck_chain.data, td->shared->platform->first.pck.pem,
                        strlen(td->shared->platform->first.pck.pem));
    arena_free(&arena);
}

static void the_parts_are_where_the_writer_put_them(void **state)
{
    assert_parts(*state, QUOTE_VERSION_4);
    assert_parts(*state, QUOTE_VERSION_5);
    assert_parts(*state, QUOTE_VERSION_5_TD15);
}

/* Some programs cut a quote by its lengths, others store it in a larger buffer. */
static void any_number_of_zeros_may_follow(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct quote_parts parts;
    struct arena arena;
    struct span quote;
    uint8_t *padded;

    arena_init(&arena);
    quote = a_quote(*state, &arena);
    padded = arena_zalloc(&arena, quote.len + 100);
    memcpy(padded, quote.data, quote.len);
    for (size_t len = quote.len - QUOTE_PADDING_BYTES; len <= quote.len + 100; len++)
        assert_int_equal(quote_parse(span_of(padded, len), &parts, &error), 0);
    for (size_t at = quote.len - QUOTE_PADDING_BYTES; at < quote.len + 100; at++) {
        error.kind = ERROR_NONE;
        padded[at] = 1;
        assert_int_equal(quote_parse(span_of(padded, quote.len + 100), &parts, &error), -1);
        assert_string_equal(error.text, "non-zero bytes after the quote");
        padded[at] = 0;
    }
    arena_free(&arena);
}

struct wrong_field {
    size_t at;
    uint8_t value;
    const char *reason;
};

static void assert_named(struct td *td, enum quote_version version, const struct wrong_field *rows,
                         size_t count)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct quote_parts parts;
        struct span quote = a_quote_of(td, version, &arena);
        ((uint8_t *)(uintptr_t)quote.data)[rows[i].at] = rows[i].value;
        assert_int_equal(quote_parse(quote, &parts, &error), -1);
        assert_contains(error.text, rows[i].reason);
    }
    arena_free(&arena);
}

static void every_wrong_field_is_named(void **state)
{
    static const struct wrong_field four[] = {
        {0, 3, "the quote has version 3; only versions 4 and 5 are supported"},
        {1, 1, "the quote has version 260"},
        {0, 5, "the body has type 261"}, /* the bytes are those of TEE_TCB_SVN */
        {2, 3, "the attestation key type is 3"},
        {4, 0, "the TEE type is 0x0"},
        {12, 0, "the QE vendor id"},
        {SIGNATURE_LENGTH + 3, 1, "truncated in the signature data"},
        {CERTIFICATION, 5, "the type of the QE certification data is 5, not 6"},
        {CERTIFICATION + 3, 0xff, "the QE certification data should have"},
        {AUTH_LENGTH + 1, 0xff, "truncated in the QE authentication data"},
        {CHAIN, 6, "the type of the PCK certificate chain is 6, not 5"},
        {CHAIN + 4, 1, "the PCK certificate chain should have"},
    };
    static const struct wrong_field five[] = {
        {48, 1, "the body has type 1; only 2 (TD report 1.0) and 3 (TD report 1.5) are supported"},
        {49, 1, "the body has type 258"},
        {48, 3, "a TD report of type 3 has 648 bytes, not 584"},
        {50, 0x47, "a TD report of type 2 has 584 bytes, not 583"},
        {53, 1, "a TD report of type 2 has 584 bytes, not 16777800"},
        {54 + 584 + 3, 1, "truncated in the signature data"},
    };

    assert_named(*state, QUOTE_VERSION_4, four, sizeof four / sizeof *four);
    assert_named(*state, QUOTE_VERSION_5, five, sizeof five / sizeof *five);
    assert_named(*state, QUOTE_VERSION_5_TD15, &(struct wrong_field){48, 2, "type 2 has 584 bytes, not 648"},
                 1);
}

static void a_cut_quote_says_where(void **state)
{
    static const struct {
        size_t len;
        const char *reason;
    } rows[] = {
        {0, "truncated in its header"},
        {47, "truncated in its header"},
        {48, "truncated in the type or size of its TD report"},
        {53, "truncated in the type or size of its TD report"},
        {54, "truncated in its TD report"},
        {54 + 648 - 1, "truncated in its TD report"},
        {54 + 648 + 3, "truncated in the signature data"},
    };
    struct arena arena;
    struct span quote;

    arena_init(&arena);
    quote = a_quote_of(*state, QUOTE_VERSION_5_TD15, &arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        /* A copy of exactly that length, so that a sanitizer sees a read past it. */
        char *copy = memory_copy(quote.data, rows[i].len);
        struct error error = {.kind = ERROR_NONE};
        struct quote_parts parts;
        assert_int_equal(quote_parse(span_of(copy, rows[i].len), &parts, &error), -1);
        assert_contains(error.text, rows[i].reason);
        free(copy);
    }
    arena_free(&arena);
}

static void a_quote_has_a_limit(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct quote_parts parts;
    uint8_t *large = memory_zalloc(QUOTE_BYTES_MAX + 1);

    (void)state;
    assert_int_equal(quote_parse(span_of(large, QUOTE_BYTES_MAX + 1), &parts, &error), -1);
    assert_contains(error.text, "at most 65536 are allowed");
    free(large);
}

#define TD_TEST(name) cmocka_unit_test_setup_teardown(name, td_setup, td_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TD_TEST(the_parts_are_where_the_writer_put_them),
        TD_TEST(any_number_of_zeros_may_follow),
        TD_TEST(every_wrong_field_is_named),
        TD_TEST(a_cut_quote_says_where),
        cmocka_unit_test(a_quote_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
