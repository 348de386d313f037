/* An event log to encode, and what must be read back. */
#ifndef TEST_ATTESTATION_FIXTURE_H
#define TEST_ATTESTATION_FIXTURE_H

#include "sim/tdx/event_log.h"
#include "sim/tdx/evidence.h"
#include "test/unit/vectors.h"

#define FIXTURE_CONFIG "{\"vm\":1}"

struct attestation_fixture {
    struct event_log log; /* a boot event, an ACPI table, two runtime events */
    struct arena arena;
    uint8_t report_data[QUOTE_REPORT_DATA_BYTES];
    uint8_t quote[1000];
};

static inline int fixture_start_with(void **state, enum event_version version)
{
    struct attestation_fixture *f = calloc(1, sizeof *f);
    const struct event boot = {.imr = 1, .type = 0x80000007, .digest = {1, 2, 3}, .name = ""};
    const uint8_t acpi_digest[REGISTER_BYTES] = {4, 5};
    const struct event acpi = event_acpi("acpi-rsdp", acpi_digest);
    struct registers registers = {.mrtd = {0}};
    struct error error = {.kind = ERROR_NONE};

    arena_init(&f->arena);
    event_log_init(&f->log);
    f->log.version = version;
    event_log_measure(&f->log, &registers, &boot);
    event_log_measure(&f->log, &registers, &acpi);
    assert_int_equal(event_log_emit(&f->log, &registers, "app-id", span_of("\x00\xff", 2), &error), 0);
    assert_int_equal(event_log_emit(&f->log, &registers, "m\xc3\xa4rz", SPAN_NONE, &error), 0);
    for (size_t i = 0; i < sizeof f->quote; i++)
        f->quote[i] = (uint8_t)(i * 7);
    f->report_data[0] = 0x12;
    f->report_data[63] = 0xff;
    *state = f;
    return 0;
}

static inline int fixture_start(void **state)
{
    return fixture_start_with(state, EVENT_VERSION_1);
}

static inline int fixture_start_version_2(void **state)
{
    return fixture_start_with(state, EVENT_VERSION_2);
}

static inline int fixture_finish(void **state)
{
    struct attestation_fixture *f = *state;

    event_log_free(&f->log);
    arena_free(&f->arena);
    free(f);
    return 0;
}

/* All but the digest, which may have been left out. */
static inline void assert_event_similar(const struct event *got, const struct event *expected)
{
    assert_int_equal(got->imr, expected->imr);
    assert_int_equal(got->type, expected->type);
    assert_true(event_is_runtime(expected) ? got->version == expected->version : true);
    assert_true(span_equal(got->preimage, expected->preimage));
    assert_string_equal(got->name, expected->name);
    assert_true(span_equal(span_of(got->payload, got->payload_len),
                           span_of(expected->payload, expected->payload_len)));
}

static inline void assert_event_equal(const struct event *got, const struct event *expected)
{
    assert_event_similar(got, expected);
    assert_memory_equal(got->digest, expected->digest, REGISTER_BYTES);
}

/* All but the events. */
static inline void assert_evidence_holds(const struct evidence *evidence, const struct attestation_fixture *f)
{
    assert_true(span_equal(evidence->quote, span_of(f->quote, sizeof f->quote)));
    assert_true(span_is(evidence->vm_config, FIXTURE_CONFIG));
    assert_true(evidence->has_report_data);
    assert_memory_equal(evidence->report_data, f->report_data, sizeof f->report_data);
}

#endif
