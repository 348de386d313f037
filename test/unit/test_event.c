/* What kind of event an event is. */
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

/* SHA-384 of 01 00 00 08, ":system-ready:", as the reference log has it. */
static void the_digest_follows_from_name_and_payload(void **state)
{
    uint8_t got[REGISTER_BYTES];

    (void)state;
    event_runtime_digest("system-ready", SPAN_NONE, got);
    assert_hex_equal(got, sizeof got,
                     "1a76b2a80a0be71eae59f80945d876351a7a3fb8e9fd1ff1"
                     "cede5734aa84ea11fd72b4edfbb6f04e5a85edd114c751bd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_acpi_event_is_told_by_register_type_and_payload),
        cmocka_unit_test(a_runtime_event_is_one_of_rtmr3),
        cmocka_unit_test(the_digest_follows_from_name_and_payload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
