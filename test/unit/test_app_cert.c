/* The app's certificates: subject, issuer, validity, and the TD's own. Their
 * extensions are in test_app_cert_extensions.c. */
#include <time.h>

#include "sim/td/view.h"
#include "test/unit/app_cert_fixture.h"

/* --- who and by whom --- */

static void the_ca_issued_it(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app", .ra_tls = true, .with_app_info = true};

    issue(f, &request);
    assert_issued_by(&f->crt, &f->ca);
    assert_int_equal(f->crt.version, 3);
    assert_int_equal(f->crt.issuer_raw.len, f->ca.subject_raw.len);
    assert_memory_equal(f->crt.issuer_raw.p, f->ca.subject_raw.p, f->ca.subject_raw.len);
    assert_hex_equal(f->crt.subject_raw.p, f->crt.subject_raw.len, "300e310c300a06035504030c03617070");
}

static void it_is_for_the_key(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app"};
    uint8_t spki[X509_SPKI_BYTES];

    issue(f, &request);
    x509_key_spki(f->key.public_key, spki);
    assert_int_equal(f->crt.pk_raw.len, sizeof spki);
    assert_memory_equal(f->crt.pk_raw.p, spki, sizeof spki);
}

static void an_empty_subject_is_an_empty_name(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = ""};

    issue(f, &request);
    assert_issued_by(&f->crt, &f->ca);
    assert_hex_equal(f->crt.subject_raw.p, f->crt.subject_raw.len, "300b3109300706035504030c00");
}

static void a_subject_may_be_any_text_up_to_a_limit(void **state)
{
    struct app_cert_fixture *f = *state;
    static char longest[LEAF_NAME_BYTES_MAX + 2];
    struct app_cert_request request = {.subject = "\xc3\xa4pp"};

    issue(f, &request);
    assert_hex_equal(f->crt.subject_raw.p, f->crt.subject_raw.len, "300f310d300b06035504030c04c3a47070");
    memset(longest, 's', LEAF_NAME_BYTES_MAX + 1);
    request.subject = longest;
    refuses(f, &request, "subject has 1025 bytes; at most 1024");
}

/* The issuer's name is as long as the CA's subject, which the user may bring. */
static void a_ca_may_have_a_long_name(void **state)
{
    struct app_cert_fixture *f = *state;
    static char long_name[6000];
    struct x509_attribute attribute = {X509_O, long_name};
    static uint8_t name[6100];
    size_t name_len;

    memset(long_name, 'x', sizeof long_name - 1);
    assert_int_equal(x509_write_name(&attribute, 1, name, sizeof name, &name_len), 0);
    f->td->keys.ca.subject = (struct bytes){name, name_len};
    issue(f, &(struct app_cert_request){.subject = "app"});
    assert_int_equal(f->crt.issuer_raw.len, name_len);
    assert_memory_equal(f->crt.issuer_raw.p, name, name_len);
}

static void its_serial_is_that_of_the_key(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app"};
    uint8_t serial[X509_KEY_SERIAL_BYTES];

    issue(f, &request);
    x509_key_serial(f->key.public_key, serial);
    assert_int_equal(f->crt.serial.len, sizeof serial);
    assert_memory_equal(f->crt.serial.p, serial, sizeof serial);
}

/* --- validity --- */

static int64_t unix_time(const mbedtls_x509_time *t)
{
    struct tm tm = {.tm_year = t->year - 1900,
                    .tm_mon = t->mon - 1,
                    .tm_mday = t->day,
                    .tm_hour = t->hour,
                    .tm_min = t->min,
                    .tm_sec = t->sec};

    return timegm(&tm);
}

/* A client whose clock is slow, however much, does not refuse it, nor its CA. */
static void by_default_it_is_valid_since_1975_and_for_ten_years(void **state)
{
    struct app_cert_fixture *f = *state;
    int64_t before = time(NULL), after;
    mbedtls_x509_crt ca;

    issue(f, &(struct app_cert_request){.subject = "app"});
    after = time(NULL);
    assert_int_equal(unix_time(&f->crt.valid_from), 157766400); /* 1975-01-01T00:00:00Z */
    assert_in_range(unix_time(&f->crt.valid_to), before + 3650 * 86400, after + 3653 * 86400);
    certificate_read(&ca, f->td->keys.ca_cert);
    assert_int_equal(unix_time(&ca.valid_from), 157766400);
    mbedtls_x509_crt_free(&ca);
}

static void it_is_valid_when_asked(void **state)
{
    struct app_cert_fixture *f = *state;
    static const uint64_t times[][2] = {{0, 1}, {1577836800, 2524607999}, {2524608000, 253402300799}};

    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        issue(f, &(struct app_cert_request){
                     .subject = "app", .not_before = &times[i][0], .not_after = &times[i][1]});
        assert_true(unix_time(&f->crt.valid_from) == (int64_t)times[i][0]);
        assert_true(unix_time(&f->crt.valid_to) == (int64_t)times[i][1]);
    }
}

static void not_before_must_be_earlier(void **state)
{
    struct app_cert_fixture *f = *state;
    static const uint64_t past = 1000, distant = 253402300799;
    static const char expected[] = "not_before must be earlier than not_after";

    refuses(f, &(struct app_cert_request){.subject = "", .not_before = &past, .not_after = &past}, expected);
    refuses(f, &(struct app_cert_request){.subject = "", .not_before = &distant, .not_after = &past},
            expected);
    refuses(f, &(struct app_cert_request){.subject = "", .not_after = &past}, expected);
    refuses(f, &(struct app_cert_request){.subject = "", .not_before = &distant}, expected);
}

static void times_end_with_the_year_9999(void **state)
{
    struct app_cert_fixture *f = *state;
    static const uint64_t past = 1000, too_late[] = {253402300800, UINT64_MAX, (uint64_t)INT64_MAX + 1};

    for (size_t i = 0; i < sizeof too_late / sizeof *too_late; i++) {
        refuses(f, &(struct app_cert_request){.subject = "", .not_after = &too_late[i]}, "the year 9999");
        refuses(f, &(struct app_cert_request){.subject = "", .not_before = &too_late[i]}, "the year 9999");
        refuses(f, &(struct app_cert_request){.subject = "", .not_before = &past, .not_after = &too_late[i]},
                "the year 9999");
    }
}

/* --- the TD's own --- */

static void the_own_certificate_is_the_same_twice(void **state)
{
    struct app_cert_fixture *f = *state;
    char *first = strdup(own_certificate(f)->plain);
    const struct text *again;

    view_forget(f->td->view); /* it is written anew */
    assert_false(f->td->view->has_app_cert);
    again = own_certificate(f);
    assert_int_equal(again->len, strlen(again->plain));
    assert_string_equal(again->plain, first);
    free(first);
}

static void the_own_certificate_is_ra_tls_for_clients(void **state)
{
    struct app_cert_fixture *f = *state;

    mbedtls_x509_crt_free(&f->crt);
    certificate_read(&f->crt, own_certificate(f)->plain);
    assert_issued_by(&f->crt, &f->ca);
    assert_hex_equal(f->crt.subject_raw.p, f->crt.subject_raw.len,
                     "30143112301006035504030c0964656d6f2d63657274");
    assert_hex_equal(value_of(f, EKU_OID).data, value_of(f, EKU_OID).len, "300a06082b06010505070302");
    assert_true(has(f, QUOTE_OID) && has(f, EVENT_LOG_OID) && has(f, ATTESTATION_OID));
    assert_non_null(f->crt.next);
    assert_null(f->crt.next->next);
    assert_int_equal(f->crt.next->raw.len, f->ca.raw.len);
    assert_memory_equal(f->crt.next->raw.p, f->ca.raw.p, f->ca.raw.len);
}

static void the_own_certificate_keeps_key_and_serial_over_events(void **state)
{
    struct app_cert_fixture *f = *state;
    mbedtls_x509_crt before;

    certificate_read(&before, own_certificate(f)->plain);
    assert_int_equal(td_emit_event(f->td, "late", SPAN_NONE, &f->error), 0);
    mbedtls_x509_crt_free(&f->crt);
    certificate_read(&f->crt, own_certificate(f)->plain);
    assert_int_equal(before.serial.len, f->crt.serial.len);
    assert_memory_equal(before.serial.p, f->crt.serial.p, before.serial.len);
    assert_memory_equal(before.pk_raw.p, f->crt.pk_raw.p, before.pk_raw.len);
    assert_memory_equal(&before.valid_to, &f->crt.valid_to, sizeof before.valid_to);
    assert_memory_equal(wrapped(f, QUOTE_OID).data + 48 + 472, f->td->state.registers.rtmr[3],
                        REGISTER_BYTES);
    mbedtls_x509_crt_free(&before);
}

#define WITH_TD(test) cmocka_unit_test_setup_teardown(test, app_cert_start, app_cert_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TD(the_ca_issued_it),
        WITH_TD(it_is_for_the_key),
        WITH_TD(an_empty_subject_is_an_empty_name),
        WITH_TD(a_subject_may_be_any_text_up_to_a_limit),
        WITH_TD(a_ca_may_have_a_long_name),
        WITH_TD(its_serial_is_that_of_the_key),
        WITH_TD(by_default_it_is_valid_since_1975_and_for_ten_years),
        WITH_TD(it_is_valid_when_asked),
        WITH_TD(not_before_must_be_earlier),
        WITH_TD(times_end_with_the_year_9999),
        WITH_TD(the_own_certificate_is_the_same_twice),
        WITH_TD(the_own_certificate_is_ra_tls_for_clients),
        WITH_TD(the_own_certificate_keeps_key_and_serial_over_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
