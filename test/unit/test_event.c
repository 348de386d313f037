/* What kind of event an event is, and what its digest is the hash of. */
#include "sim/tdx/event.h"

#include "test/unit/vectors.h"

static const uint8_t digest[REGISTER_BYTES] = {1, 2, 3};

static void an_acpi_event_is_told_by_register_type_and_payload(void **state)
{
    struct event event = event_acpi("acpi-rsdp", digest);

    (void)state;
    assert_string_equal(event.name, "acpi-rsdp");
    assert_memory_equal(event.digest, digest, sizeof digest);
    assert_true(span_is(span_of(event.payload, event.payload_len), "ACPI DATA"));
    assert_int_equal(event.type, 10);
    assert_true(event_is_acpi(&event));
    assert_false(event_is_runtime(&event));
    event.imr = 1;
    assert_false(event_is_acpi(&event));
    event.imr = 0;
    event.type = 11;
    assert_false(event_is_acpi(&event));
    event.type = 10;
    event.payload_len--;
    assert_false(event_is_acpi(&event));
}

static void a_runtime_event_is_one_of_rtmr3(void **state)
{
    const struct event event = {.imr = 3, .type = EVENT_TYPE_RUNTIME, .name = "n"};

    (void)state;
    assert_true(event_is_runtime(&event));
    assert_false(event_is_acpi(&event));
}

static void assert_preimage(const struct event *event, struct span expected)
{
    struct buf preimage;

    buf_init(&preimage, SIZE_MAX);
    event_preimage(event, &preimage);
    assert_true(span_equal(buf_span(&preimage), expected));
    buf_free(&preimage);
}

static void the_preimage_of_version_1(void **state)
{
    static const char expected[] = "\x01\0\0\x08:app-id:\0:\xff";
    const struct event event = {.name = "app-id",
                                .payload = (const uint8_t *)"\0:\xff",
                                .payload_len = 3,
                                .version = EVENT_VERSION_1};

    (void)state;
    assert_preimage(&event, span_of(expected, sizeof expected - 1));
}

static void the_preimage_of_version_2_is_canonical_json(void **state)
{
    struct event event = {.name = "compose-hash",
                          .payload = (const uint8_t *)"\xab\xcd",
                          .payload_len = 2,
                          .version = EVENT_VERSION_2};

    (void)state;
    assert_preimage(&event, span_text("{\"name\":\"compose-hash\",\"payload\":\"abcd\",\"type\":134217729}"));
    event.name = "q\"m\xc3\xa4rz\n\x01";
    event.payload_len = 0;
    assert_preimage(
        &event, span_text("{\"name\":\"q\\\"m\xc3\xa4rz\\n\\u0001\",\"payload\":\"\",\"type\":134217729}"));
}

static void the_acpi_tables_and_rtmr3_are_kept_in_a_certificate(void **state)
{
    struct event event = event_acpi("acpi-rsdp", digest);

    (void)state;
    assert_true(event_is_kept_in_cut(&event));
    event.type = 4;
    assert_false(event_is_kept_in_cut(&event));
    event.imr = 3;
    assert_true(event_is_kept_in_cut(&event));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acpi_event_is_told_by_register_type_and_payload),
        cmocka_unit_test(a_runtime_event_is_one_of_rtmr3),
        cmocka_unit_test(the_preimage_of_version_1),
        cmocka_unit_test(the_preimage_of_version_2_is_canonical_json),
        cmocka_unit_test(the_acpi_tables_and_rtmr3_are_kept_in_a_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
