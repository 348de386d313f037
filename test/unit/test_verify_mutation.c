/* Evidence in which something was changed or left out: there is always a verdict, and
 * it is never that the evidence is valid. Sanitizers see the rest. */
#include "sim/td/view.h"
#include "test/unit/verify_fixture.h"

static const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};

#define STEP 13 /* what is mutated is sampled, at places that fall on no pattern */

struct subject {
    struct td *td;
    struct arena keep; /* what is mutated */
    struct arena scratch;
    struct evidence_request request;
};

static int setup(void **state)
{
    struct subject *subject = memory_zalloc(sizeof *subject);

    td_setup((void **)&subject->td);
    arena_init(&subject->keep);
    arena_init(&subject->scratch);
    subject->request = request_of(subject->td, &subject->keep);
    *state = subject;
    return 0;
}

static int teardown(void **state)
{
    struct subject *subject = *state;

    arena_free(&subject->keep);
    arena_free(&subject->scratch);
    td_fixture_free(subject->td);
    free(subject);
    return 0;
}

static void refuse(struct subject *subject, const struct evidence_request *request, const char *what,
                   size_t at)
{
    struct verify_verdict verdict;

    arena_reset(&subject->scratch);
    if (verdict_of(subject->td, request, SOME_TIME, &subject->scratch, &verdict))
        fail_msg("valid with %s at %zu", what, at);
    if (!verdict.reason.text[0])
        fail_msg("no reason with %s at %zu", what, at);
}

static void refuse_quote(struct subject *subject, struct span quote, const char *what, size_t at)
{
    struct evidence_request request = subject->request;
    struct arena arena;

    arena_init(&arena);
    request.quote = hex_text(quote, &arena);
    refuse(subject, &request, what, at);
    arena_free(&arena);
}

static struct span a_quote(struct subject *subject)
{
    return td_quote(subject->td, report_data, &subject->keep);
}

static void a_changed_byte_of_the_quote(void **state)
{
    struct subject *subject = *state;
    struct span quote = a_quote(subject);
    uint8_t *bytes = (uint8_t *)(uintptr_t)quote.data;

    for (size_t i = 0; i < quote.len; i += STEP) {
        uint8_t before = bytes[i];
        bytes[i] ^= (uint8_t)(1u << (i % 8));
        refuse_quote(subject, quote, "a changed bit", i);
        bytes[i] = (uint8_t)~before;
        refuse_quote(subject, quote, "an inverted byte", i);
        bytes[i] = before;
    }
    assert_valid(subject->td, &subject->request, &subject->scratch);
}

/* Up to the attestation key; what follows is as in version 4. */
static void a_changed_byte_of_a_quote_of_version_5(void **state)
{
    static const struct scenario scenario = {.quote_version = QUOTE_VERSION_5_TD15};
    struct subject *subject = *state;
    struct span quote;
    uint8_t *bytes;

    cluster_set_scenario(td_fixture_cluster_of(subject->td), &scenario);
    quote = a_quote(subject);
    bytes = (uint8_t *)(uintptr_t)quote.data;
    for (size_t i = 0; i < 54 + 648 + 4 + 64; i += i < 54 ? 1 : STEP) {
        uint8_t before = bytes[i];
        bytes[i] ^= (uint8_t)(1u << (i % 8));
        refuse_quote(subject, quote, "a changed bit", i);
        bytes[i] = (uint8_t)~before;
        refuse_quote(subject, quote, "an inverted byte", i);
        bytes[i] = before;
    }
}

static void a_changed_length_in_the_quote(void **state)
{
    static const size_t places[] = {632, 764, 766, 770 + 448, 770 + 450 + 32, 770 + 450 + 34};
    struct subject *subject = *state;
    struct span quote = a_quote(subject);
    uint8_t *bytes = (uint8_t *)(uintptr_t)quote.data;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint8_t before = bytes[places[i]];
        for (unsigned value = 0; value < 256; value++) {
            bytes[places[i]] = (uint8_t)value;
            if (value != before)
                refuse_quote(subject, quote, "a changed length", places[i]);
        }
        bytes[places[i]] = before;
    }
}

static void a_cut_quote(void **state)
{
    struct subject *subject = *state;
    struct span quote = a_quote(subject);

    /* A copy of exactly that length, so that a sanitizer sees a read past it. */
    for (size_t len = 0; len < quote.len - QUOTE_PADDING_BYTES; len++) {
        char *cut = memory_copy(quote.data, len);
        refuse_quote(subject, span_of(cut, len), "a cut", len);
        free(cut);
    }
}

/* Of boot events only the digest is measured: what else changes in those between
 * `from` and `until` changes nothing. */
static void cut_and_change(struct subject *subject, struct span attestation, size_t from, size_t until)
{
    uint8_t *bytes = (uint8_t *)(uintptr_t)attestation.data;
    struct evidence_request request = {.quote = SPAN_NONE};
    struct verify_verdict verdict;
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < attestation.len; i += STEP) {
        request.attestation = hex_text(span_of(bytes, i), &arena);
        refuse(subject, &request, "a cut attestation", i);
        bytes[i] ^= 0xff;
        request.attestation = hex_text(attestation, &arena);
        if (i >= from && i < until)
            verdict_of(subject->td, &request, SOME_TIME, &arena, &verdict);
        else
            refuse(subject, &request, "a changed attestation", i);
        bytes[i] ^= 0xff;
        arena_reset(&arena);
    }
    request.attestation = hex_text(attestation, &arena);
    assert_valid(subject->td, &request, &arena);
    arena_free(&arena);
}

static size_t find(struct span bytes, const char *text)
{
    const uint8_t *found = memmem(bytes.data, bytes.len, text, strlen(text));

    assert_non_null(found);
    return (size_t)(found - bytes.data);
}

static void changed_and_cut_scale(void **state)
{
    struct subject *subject = *state;
    struct span quote = a_quote(subject);

    cut_and_change(
        subject,
        attestation_scale_write_cut(view_scale(subject->td->view), quote, report_data, &subject->keep), 0, 0);
}

static void changed_and_cut_messagepack(void **state)
{
    struct subject *subject = *state;
    struct span quote = a_quote(subject);
    struct span attestation =
        attestation_msgpack_write(view_msgpack(subject->td->view), quote, report_data, &subject->keep);

    cut_and_change(subject, attestation, find(attestation, "event_log"),
                   find(attestation, "system-preparing"));
}

static void changed_vm_config(void **state)
{
    struct subject *subject = *state;
    struct evidence_request request = subject->request;
    char *text = arena_copy(&subject->keep, request.vm_config.data, request.vm_config.len);
    size_t cpus = find(request.vm_config, "\"cpu_count\""),
           memory = find(request.vm_config, ",\"memory_size\"");
    size_t optional = find(request.vm_config, "\"ovmf_variant\"");

    request.vm_config = span_of(text, request.vm_config.len);
    for (size_t i = 0; i < optional; i += 5) {
        char before = text[i];
        if (i >= cpus && i < memory)
            continue; /* the number of CPUs is not measured */
        text[i] = before == '1' ? '2' : '1';
        refuse(subject, &request, "a changed vm_config", i);
        text[i] = before;
    }
    assert_valid(subject->td, &subject->request, &subject->scratch);
}

#define MUTATION(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MUTATION(a_changed_byte_of_the_quote),
        MUTATION(a_changed_byte_of_a_quote_of_version_5),
        MUTATION(a_changed_length_in_the_quote),
        MUTATION(a_cut_quote),
        MUTATION(changed_and_cut_scale),
        MUTATION(changed_and_cut_messagepack),
        MUTATION(changed_vm_config),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
