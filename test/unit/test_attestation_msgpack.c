/* Attestations in MessagePack: read back as they were written; test_attestation.c has a TD's own,
 * test_evidence_read.c those that are refused. */
#include "sim/tdx/attestation_msgpack.h"

#include "test/unit/attestation_fixture.h"

static struct span write_attestation(struct attestation_fixture *f)
{
    struct attestation_msgpack_parts parts;
    struct span written;

    attestation_msgpack_init(&parts);
    attestation_msgpack_render(&parts, &f->log, span_text("old"));
    attestation_msgpack_render(&parts, &f->log, span_text(FIXTURE_CONFIG));
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
    struct span written = write_attestation(f);

    assert_true(attestation_msgpack_begins(written));
    assert_int_equal(attestation_msgpack_read(&evidence, written, &f->arena, &error), 0);
    assert_evidence_holds(&evidence, f);
    assert_int_equal(evidence.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_event_equal(&evidence.events[i], &f->log.events[i]);
}

static void one_that_is_cut_short_is_refused(void **state)
{
    struct attestation_fixture *f = *state;
    struct span written = write_attestation(f);

    for (size_t len = 0; len < written.len; len++) {
        struct evidence evidence = {.count = 0};
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(attestation_msgpack_read(&evidence, span_of(written.data, len), &f->arena, &error),
                         -1);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read, fixture_start, fixture_finish),
        cmocka_unit_test_setup_teardown(one_that_is_cut_short_is_refused, fixture_start, fixture_finish),
        cmocka_unit_test(only_maps_begin_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
