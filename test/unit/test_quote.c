/* Quotes: the part that is signed against the reference quote, the rest by its
 * offsets and signatures. */
#include "sim/tdx/quote.h"

#include <mbedtls/x509_crt.h>

#include "crypto/hash.h"
#include "sim/base/embedded.h"
#include "test/unit/reference_quote.h"
#include "test/unit/vectors.h"

static const char *const registers_hex[] = {
    "93c6404515f4f317125c83fee461f249d1174a410ee11d47e39effd8b49a69594c7d20d653468f09529bde011d3ff046",
    "b3affb6a025af8cfaed4256a517a4d5759f8d136be5df29c18e889f404f2aa94b38a88e76ce6b7842b3dfd19f24f1f1f",
    "7ab9db7df5c002ccf434b7f19c291737b26e316c18f6cb30d6d71ae54bc0846ed1cb0fdfc721ade2ee77101d71c69394",
    "0b3d57b3d45a56e985728d022ccc7e1ef9c16ddcdcfc87b7edbe05e69352cb35058bb9ae09f8f61c192ab8fe12298362",
    "3f33dd645492907e0ab4638b2c716b8993137b4e58449351a44fdb197cff9a00533066b41bc8d91d6a7638f96415c34d",
};
static const uint8_t report_data[QUOTE_REPORT_DATA_BYTES] = {0x12, 0x34};

struct quote_fixture {
    struct platform platform;
    struct quote_template template;
    struct registers registers;
    uint8_t *quote; /* with the reference registers over the reference report data */
    size_t size;
};

static int start(void **state)
{
    struct quote_fixture *f = calloc(1, sizeof *f);
    const struct embedded_file *file = embedded_find(embedded_fixtures, "platform.json");
    struct error error = {.kind = ERROR_NONE};
    struct seed seed;

    seed_init(&seed, "seed");
    assert_int_equal(platform_tcb_parse(&f->platform.first.tcb, span_of(file->data, file->len), &error), 0);
    assert_int_equal(platform_init(&f->platform, &seed, "http://localhost:8090", &error), 0);
    from_hex(registers_hex[0], f->registers.mrtd, REGISTER_BYTES);
    for (int i = 0; i < RTMR_COUNT; i++)
        from_hex(registers_hex[1 + i], f->registers.rtmr[i], REGISTER_BYTES);
    quote_template_init(&f->template, &f->platform);
    quote_template_set_registers(&f->template, &f->registers);
    f->size = quote_size(&f->template);
    f->quote = malloc(f->size);
    quote_write(&f->template, report_data, f->quote);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct quote_fixture *f = *state;

    free(f->quote);
    quote_template_free(&f->template);
    platform_free(&f->platform);
    free(f);
    return 0;
}

static void header_and_report_are_the_references(void **state)
{
    struct quote_fixture *f = *state;

    assert_hex_equal(f->quote, 632, reference_quote_signed);
}

static void the_attestation_key_signs_header_and_report(void **state)
{
    struct quote_fixture *f = *state;
    uint8_t digest[32];

    hash_sha256(f->quote, 632, digest);
    assert_true(p256_verify(f->quote + 700, digest, f->quote + 636));
    f->quote[631] ^= 1;
    hash_sha256(f->quote, 632, digest);
    assert_false(p256_verify(f->quote + 700, digest, f->quote + 636));
}

static void lengths_lead_to_the_end(void **state)
{
    struct quote_fixture *f = *state;
    size_t certification = bytes_get_le32(f->quote + 766), chain = bytes_get_le32(f->quote + 1254);

    assert_int_equal(bytes_get_le32(f->quote + 632), f->size - 636 - 70);
    assert_int_equal(bytes_get_le16(f->quote + 764), 6);
    assert_int_equal(certification, f->size - 770 - 70);
    assert_int_equal(bytes_get_le16(f->quote + 770 + 448), 32);
    assert_int_equal(bytes_get_le16(f->quote + 1252), 5);
    assert_int_equal(chain, f->size - 1258 - 70);
    assert_memory_equal(f->quote + 1258, "-----BEGIN CERTIFICATE-----\n", 28);
    assert_memory_equal(f->quote + 1258 + chain - 27, "-----END CERTIFICATE-----\n", 27); /* with its NUL */
}

static void zeros_follow_the_signature_data(void **state)
{
    static const uint8_t zeros[70];
    const struct quote_fixture *f = *state;

    assert_memory_equal(f->quote + f->size - sizeof zeros, zeros, sizeof zeros);
}

/* mbedTLS tells PEM from DER by the NUL inside the length. */
static void mbedtls_parses_the_chain_as_it_lies_in_the_quote(void **state)
{
    const struct quote_fixture *f = *state;
    uint32_t chain_len = bytes_get_le32(f->quote + 1254);
    mbedtls_x509_crt chain;
    int certificates = 0;

    mbedtls_x509_crt_init(&chain);
    assert_int_equal(mbedtls_x509_crt_parse(&chain, f->quote + 1258, chain_len), 0);
    for (const mbedtls_x509_crt *one = &chain; one; one = one->next)
        certificates++;
    assert_int_equal(certificates, 3);
    mbedtls_x509_crt_free(&chain);
}

static void certification_data_holds_all_of_it(void **state)
{
    const struct quote_fixture *f = *state;
    const struct platform *p = &f->platform;
    const uint8_t *at = f->quote + 700;
    size_t len = f->size - 700 - 70;

    assert_memory_equal(at, p->first.attestation_key.public_key, 64);
    assert_int_equal(bytes_get_le16(at + 64), 6);
    assert_int_equal(bytes_get_le32(at + 66), len - 70);
    assert_memory_equal(at + 70, p->first.qe_report, 384);
    assert_memory_equal(at + 454, p->first.qe_report_signature, 64);
    assert_int_equal(bytes_get_le16(at + 518), 32);
    assert_memory_equal(at + 520, p->first.qe_auth, 32);
    assert_int_equal(bytes_get_le16(at + 552), 5);
    assert_int_equal(bytes_get_le32(at + 554), len - 558);
    assert_memory_equal(at + 558, p->first.pck.pem, strlen(p->first.pck.pem));
    at += 558 + strlen(p->first.pck.pem);
    assert_memory_equal(at, p->platform_ca.pem, strlen(p->platform_ca.pem));
    at += strlen(p->platform_ca.pem);
    assert_memory_equal(at, p->root.pem, strlen(p->root.pem));
    at += strlen(p->root.pem);
    assert_int_equal(*at, '\0');
    assert_true(at + 1 + 70 == f->quote + f->size);
}

static void the_same_request_gives_the_same_quote(void **state)
{
    struct quote_fixture *f = *state;
    uint8_t *again = malloc(f->size), other[QUOTE_REPORT_DATA_BYTES] = {0};

    memset(again, 0xee, f->size);
    quote_write(&f->template, report_data, again);
    assert_memory_equal(again, f->quote, f->size);
    quote_write(&f->template, other, again);
    assert_memory_equal(again, f->quote, 568);
    assert_memory_equal(again + 568, other, sizeof other);
    assert_memory_not_equal(again + 636, f->quote + 636, 64);
    assert_memory_equal(again + 700, f->quote + 700, f->size - 700);
    free(again);
}

static void later_quotes_have_the_later_registers(void **state)
{
    struct quote_fixture *f = *state;
    uint8_t *later = malloc(f->size);

    f->registers.rtmr[3][47] ^= 1;
    quote_write(&f->template, report_data, later);
    assert_memory_equal(later, f->quote, f->size);
    quote_template_set_registers(&f->template, &f->registers);
    quote_write(&f->template, report_data, later);
    assert_memory_equal(later, f->quote, 48 + 472 + 47);
    assert_int_equal(later[48 + 472 + 47], f->quote[48 + 472 + 47] ^ 1);
    free(later);
}

static void later_quotes_say_whether_the_td_can_be_debugged(void **state)
{
    static const struct scenario scenarios[] = {{.key_not_vouched = true}, {.key_not_vouched = false}};
    struct quote_fixture *f = *state;
    uint8_t *later = malloc(f->size);

    assert_int_equal(f->quote[48 + 120], 0);
    quote_template_set_debug(&f->template, true);
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        quote_template_set_scenario(&f->template, &f->platform, &scenarios[i]); /* leaves it as it is */
        quote_write(&f->template, report_data, later);
        assert_memory_equal(later, f->quote, 48 + 120);
        assert_int_equal(later[48 + 120], 1);
        assert_memory_equal(later + 48 + 121, f->quote + 48 + 121, 632 - (48 + 121));
    }
    quote_template_set_debug(&f->template, false);
    quote_write(&f->template, report_data, later);
    assert_memory_equal(later, f->quote, f->size);
    free(later);
}

/* --- version 5 --- */

/* Of its quote: where the length of the signature data is, and the bytes from 48 to the report. */
static const struct {
    enum quote_version version;
    size_t length_at;
    const char *body_head;
} fives[] = {
    {QUOTE_VERSION_5, 54 + 584, "020048020000"},
    {QUOTE_VERSION_5_TD15, 54 + 648, "030088020000"},
};

#define FIVES (sizeof fives / sizeof *fives)

/* On the heap. */
static uint8_t *write_version(struct quote_fixture *f, enum quote_version version)
{
    const struct scenario scenario = {.quote_version = version};
    uint8_t *quote;

    quote_template_set_scenario(&f->template, &f->platform, &scenario);
    quote = malloc(quote_size(&f->template));
    quote_write(&f->template, report_data, quote);
    return quote;
}

static void version_5_says_what_its_body_is(void **state)
{
    struct quote_fixture *f = *state;

    for (size_t i = 0; i < FIVES; i++) {
        uint8_t *quote = write_version(f, fives[i].version);

        assert_hex_equal(quote, 2, "0500");
        assert_memory_equal(quote + 2, f->quote + 2, 46);
        assert_hex_equal(quote + 48, 6, fives[i].body_head);
        assert_memory_equal(quote + 54, f->quote + 48, 584);
        assert_memory_equal(quote + 574, report_data, sizeof report_data);
        free(quote);
    }
}

static void a_report_of_tdx_1_5_ends_with_the_running_module_and_no_service_td(void **state)
{
    static const uint8_t zeros[48];
    struct quote_fixture *f = *state;
    uint8_t *quote = write_version(f, QUOTE_VERSION_5_TD15);

    assert_memory_equal(quote + 54 + 584, quote + 54, 16);
    assert_hex_equal(quote + 54 + 584, 16, "05010200000000000000000000000000");
    assert_memory_equal(quote + 54 + 600, zeros, sizeof zeros);
    free(quote);
}

static void version_5_is_signed_from_the_header_to_the_report(void **state)
{
    struct quote_fixture *f = *state;

    for (size_t i = 0; i < FIVES; i++) {
        uint8_t *quote = write_version(f, fives[i].version), digest[32];
        const uint8_t *signature = quote + fives[i].length_at + 4;

        for (int changed = 0; changed < 2; changed++) {
            quote[48] ^= (uint8_t)changed;
            hash_sha256(quote, fives[i].length_at, digest);
            assert_int_equal(p256_verify(f->platform.first.attestation_key.public_key, digest, signature),
                             !changed);
        }
        free(quote);
    }
}

static void version_5_ends_as_version_4(void **state)
{
    struct quote_fixture *f = *state;

    for (size_t i = 0; i < FIVES; i++) {
        uint8_t *quote = write_version(f, fives[i].version), *length = quote + fives[i].length_at;

        assert_int_equal(quote_size(&f->template), fives[i].length_at + f->size - 632);
        assert_memory_equal(length, f->quote + 632, 4);
        assert_memory_equal(length + 4 + 64, f->quote + 700, f->size - 700);
        free(quote);
    }
}

static void a_later_version_changes_nothing_else(void **state)
{
    struct quote_fixture *f = *state;
    uint8_t *quote;

    quote_template_set_debug(&f->template, true);
    quote = write_version(f, QUOTE_VERSION_5_TD15);
    assert_int_equal(quote[54 + 120], 1);
    free(quote);
    quote_template_set_debug(&f->template, false);
    quote = write_version(f, QUOTE_VERSION_4);
    assert_int_equal(quote_size(&f->template), f->size);
    assert_memory_equal(quote, f->quote, f->size);
    free(quote);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(header_and_report_are_the_references, start, finish),
        cmocka_unit_test_setup_teardown(the_attestation_key_signs_header_and_report, start, finish),
        cmocka_unit_test_setup_teardown(lengths_lead_to_the_end, start, finish),
        cmocka_unit_test_setup_teardown(zeros_follow_the_signature_data, start, finish),
        cmocka_unit_test_setup_teardown(mbedtls_parses_the_chain_as_it_lies_in_the_quote, start, finish),
        cmocka_unit_test_setup_teardown(certification_data_holds_all_of_it, start, finish),
        cmocka_unit_test_setup_teardown(the_same_request_gives_the_same_quote, start, finish),
        cmocka_unit_test_setup_teardown(later_quotes_have_the_later_registers, start, finish),
        cmocka_unit_test_setup_teardown(later_quotes_say_whether_the_td_can_be_debugged, start, finish),
        cmocka_unit_test_setup_teardown(version_5_says_what_its_body_is, start, finish),
        cmocka_unit_test_setup_teardown(a_report_of_tdx_1_5_ends_with_the_running_module_and_no_service_td,
                                        start, finish),
        cmocka_unit_test_setup_teardown(version_5_is_signed_from_the_header_to_the_report, start, finish),
        cmocka_unit_test_setup_teardown(version_5_ends_as_version_4, start, finish),
        cmocka_unit_test_setup_teardown(a_later_version_changes_nothing_else, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
