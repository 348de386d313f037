/* Attestations in SCALE: read back as they were written, whole and cut; test_attestation.c has a
 * TD's own, test_evidence_read.c those that are refused. */
#include "sim/tdx/attestation_scale.h"

#include "test/unit/attestation_fixture.h"

struct written {
    struct attestation_scale_parts parts;
    struct span whole, cut;
};

static void write_both(struct attestation_fixture *f, struct written *written)
{
    const struct span quote = span_of(f->quote, sizeof f->quote);

    attestation_scale_init(&written->parts);
    attestation_scale_render(&written->parts, &f->log, span_text("old"));
    attestation_scale_render(&written->parts, &f->log, span_text(FIXTURE_CONFIG));
    written->whole = attestation_scale_write(&written->parts, quote, f->report_data, &f->arena);
    written->cut = attestation_scale_write_cut(&written->parts, quote, f->report_data, &f->arena);
    attestation_scale_free(&written->parts);
}

static void what_was_written_is_read(void **state)
{
    struct attestation_fixture *f = *state;
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    struct written written;

    write_both(f, &written);
    assert_true(attestation_scale_begins(written.whole));
    assert_int_equal(attestation_scale_read(&evidence, written.whole, &f->arena, &error), 0);
    assert_evidence_holds(&evidence, f);
    assert_int_equal(evidence.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_event_equal(&evidence.events[i], &f->log.events[i]);
}

static void a_cut_one_has_what_no_verifier_can_compute(void **state)
{
    struct attestation_fixture *f = *state;
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    struct written written;

    write_both(f, &written);
    assert_int_equal(attestation_scale_read(&evidence, written.cut, &f->arena, &error), 0);
    assert_evidence_holds(&evidence, f);
    assert_int_equal(evidence.count, 3);
    assert_event_equal(&evidence.events[0], &f->log.events[1]);
    for (size_t i = 1; i < 3; i++) {
        struct event expected = f->log.events[i + 1];

        memset(expected.digest, 0, sizeof expected.digest);
        assert_event_equal(&evidence.events[i], &expected);
    }
}

static void one_that_is_cut_short_is_refused(void **state)
{
    struct attestation_fixture *f = *state;
    struct written written;

    write_both(f, &written);
    for (size_t len = 0; len < written.whole.len; len++) {
        struct evidence evidence = {.count = 0};
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(
            attestation_scale_read(&evidence, span_of(written.whole.data, len), &f->arena, &error), -1);
    }
}

static void other_bytes_do_not_begin_so(void **state)
{
    (void)state;
    assert_false(attestation_scale_begins(SPAN_NONE));
    assert_false(attestation_scale_begins(span_text("\x83")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read, fixture_start, fixture_finish),
        cmocka_unit_test_setup_teardown(a_cut_one_has_what_no_verifier_can_compute, fixture_start,
                                        fixture_finish),
        cmocka_unit_test_setup_teardown(one_that_is_cut_short_is_refused, fixture_start, fixture_finish),
        cmocka_unit_test(other_bytes_do_not_begin_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
