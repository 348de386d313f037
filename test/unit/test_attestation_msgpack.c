/* Attestations in MessagePack: read back as they were written; test_attestation.c has a TD's own,
 * test_evidence_read.c those that are refused. */
#include "sim/tdx/attestation_msgpack.h"

#include "test/unit/attestation_fixture.h"

static struct span write_attestation(struct attestation_fixture *f, bool is_cut)
{
    struct attestation_msgpack_parts parts;
    struct span written;

    attestation_msgpack_init(&parts);
    attestation_msgpack_render(&parts, &f->log, span_text("old"), !is_cut);
    attestation_msgpack_render(&parts, &f->log, span_text(FIXTURE_CONFIG), is_cut);
    written =
        attestation_msgpack_write(&parts, span_of(f->quote, sizeof f->quote), f->report_data, &f->arena);
    attestation_msgpack_free(&parts);
    return written;
}

static void what_was_written_is_read(void **state)
{
    struct attestation_fixture *f = *state;
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    struct span written = write_attestation(f, false);

    assert_true(attestation_msgpack_begins(written));
    assert_int_equal(attestation_msgpack_read(&evidence, written, &f->arena, &error), 0);
    assert_evidence_holds(&evidence, f);
    assert_int_equal(evidence.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_event_equal(&evidence.events[i], &f->log.events[i]);
}

/* Parts keep how a quote ended. */
static void each_quote_is_written_as_it_is(void **state)
{
    struct attestation_fixture *f = *state;
    struct attestation_msgpack_parts parts;

    attestation_msgpack_init(&parts);
    attestation_msgpack_render(&parts, &f->log, span_text(FIXTURE_CONFIG), false);
    for (size_t len = sizeof f->quote; len > 0; len -= 10) {
        const struct span quote = span_of(f->quote, len);

        for (size_t changed = 0; changed < len; changed += len - 1) {
            struct evidence evidence = {.count = 0};
            struct error error = {.kind = ERROR_NONE};
            struct span written;

            f->quote[changed]++;
            written = attestation_msgpack_write(&parts, quote, f->report_data, &f->arena);
            assert_int_equal(attestation_msgpack_read(&evidence, written, &f->arena, &error), 0);
            assert_true(span_equal(evidence.quote, quote));
        }
    }
    attestation_msgpack_free(&parts);
}

static void one_that_is_cut_short_is_refused(void **state)
{
    struct attestation_fixture *f = *state;
    struct span written = write_attestation(f, false);

    for (size_t len = 0; len < written.len; len++) {
        struct evidence evidence = {.count = 0};
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(attestation_msgpack_read(&evidence, span_of(written.data, len), &f->arena, &error),
                         -1);
    }
}

/* Of the boot events only that of the ACPI table, and the others without digests. */
static void one_that_is_shortened_is_read(void **state)
{
    struct attestation_fixture *f = *state;
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    static const uint8_t left_out[REGISTER_BYTES];

    assert_int_equal(attestation_msgpack_read(&evidence, write_attestation(f, true), &f->arena, &error), 0);
    assert_evidence_holds(&evidence, f);
    assert_int_equal(evidence.count, 3);
    assert_event_equal(&evidence.events[0], &f->log.events[1]);
    for (size_t i = 1; i < 3; i++) {
        assert_event_similar(&evidence.events[i], &f->log.events[i + 1]);
        assert_memory_equal(evidence.events[i].digest, left_out, sizeof left_out);
    }
}

/* The last place of a text in an attestation that is changed. */
static uint8_t *last_of(struct span bytes, const char *text)
{
    for (size_t at = bytes.len - strlen(text);; at--)
        if (memcmp(bytes.data + at, text, strlen(text)) == 0)
            return (uint8_t *)(uintptr_t)bytes.data + at;
}

static void assert_refused(struct attestation_fixture *f, struct span bytes, const char *reason)
{
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(attestation_msgpack_read(&evidence, bytes, &f->arena, &error), -1);
    if (!strstr(error.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
}

static void both_lists_have_the_same_version(void **state)
{
    struct attestation_fixture *f = *state;
    struct span written = write_attestation(f, false);

    last_of(written, "\xa7version")[8] = 1;
    assert_refused(f, written, "its runtime events differ from those in its event log");
}

static void a_preimage_is_hex(void **state)
{
    struct attestation_fixture *f = *state;
    struct span written = write_attestation(f, false);

    last_of(written, "7b226e616d65")[0] = 'x';
    assert_refused(f, written, "malformed at an event");
}

static void there_is_no_version_3(void **state)
{
    struct attestation_fixture *f = *state;
    struct span written = write_attestation(f, false);

    last_of(written, "\x02\xa8preimage")[0] = 3;
    assert_refused(f, written, "event 4: its version must be 1 or 2");
}

/* Such a list need not repeat the preimages, which follow from it. */
static void a_log_without_runtime_events_takes_those_of_the_list(void **state)
{
    struct attestation_fixture *f = *state;
    struct evidence evidence = {.count = 0};
    struct evidence_runtime runtime = {.has_started = false};
    const struct evidence_listed listed = {span_text("app-id"), span_of("\x00\xff", 2), EVENT_VERSION_2};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(evidence_add_runtime(&evidence, &runtime, &listed, &f->arena, &error), 0);
    assert_int_equal(evidence.count, 1);
    assert_event_similar(&evidence.events[0], &f->log.events[2]);
}

static void only_maps_begin_so(void **state)
{
    (void)state;
    assert_true(attestation_msgpack_begins(span_text("\x8f")));
    assert_true(attestation_msgpack_begins(span_text("\xde")));
    assert_false(attestation_msgpack_begins(span_text("\x90")));
    assert_false(attestation_msgpack_begins(span_text("\xdf")));
    assert_false(attestation_msgpack_begins(SPAN_NONE));
}

#define VERSION_2_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_start_version_2, fixture_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read, fixture_start, fixture_finish),
        cmocka_unit_test_setup_teardown(each_quote_is_written_as_it_is, fixture_start, fixture_finish),
        cmocka_unit_test_setup_teardown(one_that_is_cut_short_is_refused, fixture_start, fixture_finish),
        cmocka_unit_test_setup_teardown(one_that_is_shortened_is_read, fixture_start, fixture_finish),
        VERSION_2_TEST(what_was_written_is_read),
        VERSION_2_TEST(one_that_is_cut_short_is_refused),
        VERSION_2_TEST(one_that_is_shortened_is_read),
        VERSION_2_TEST(both_lists_have_the_same_version),
        VERSION_2_TEST(a_preimage_is_hex),
        VERSION_2_TEST(there_is_no_version_3),
        VERSION_2_TEST(a_log_without_runtime_events_takes_those_of_the_list),
        cmocka_unit_test(only_maps_begin_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
