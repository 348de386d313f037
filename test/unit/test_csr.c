/* Certificate signing requests: what is read from them, and what is refused. */
#include "sim/keys/csr.h"

#include "test/unit/csr_fixture.h"

struct fixture {
    struct p256_key key;
    struct arena arena;
    struct csr csr;
    struct error error;
};

static int start(void **state)
{
    static struct fixture fixture;

    fixture = (struct fixture){.error = {.kind = ERROR_NONE}};
    p256_key_generate(&fixture.key);
    arena_init(&fixture.arena);
    *state = &fixture;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    return 0;
}

static int read_text(struct fixture *f, uint32_t version, struct span text)
{
    uint8_t signature[72];
    size_t len = csr_sign(text, &f->key, signature);

    f->error = (struct error){.kind = ERROR_NONE};
    return csr_read(version, text, span_of(signature, len), &f->arena, &f->csr, &f->error);
}

static int read_given(struct fixture *f, uint32_t version, const struct csr_given *given)
{
    struct span text;
    struct buf out;

    buf_init(&out, SIZE_MAX);
    csr_write(&out, version, given, &f->key);
    text = span_of(arena_copy(&f->arena, out.data, out.len), out.len);
    buf_free(&out);
    return read_text(f, version, text);
}

#define ATTESTATION span_of("\0\0ab", 4)

static void everything_in_it_is_read(void **state)
{
    struct fixture *f = *state;
    const uint64_t from = 0x0102030405060708, to = 9;
    const struct csr_given given = {.org_name = "Org",
                                    .subject = "a subject",
                                    .alt_name = "host.example",
                                    .flags = {true, false, true, true},
                                    .not_before = &from,
                                    .not_after = &to,
                                    .attestation = ATTESTATION};

    assert_int_equal(read_given(f, 2, &given), 0);
    assert_string_equal(f->csr.org_name, "Org");
    assert_string_equal(f->csr.subject, "a subject");
    assert_int_equal(f->csr.alt_name_count, 1);
    assert_string_equal(f->csr.alt_names[0], "host.example");
    assert_true(f->csr.is_for_servers && !f->csr.is_for_clients && f->csr.wants_quote &&
                f->csr.wants_app_info);
    assert_int_equal(*f->csr.not_before, from);
    assert_int_equal(*f->csr.not_after, to);
    assert_true(span_equal(f->csr.attestation, ATTESTATION));
    assert_memory_equal(f->csr.public_key, f->key.public_key, P256_PUBLIC_BYTES);
}

static void what_is_optional_may_be_missing(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_given(f, 2, &(struct csr_given){.attestation = ATTESTATION}), 0);
    assert_null(f->csr.org_name);
    assert_string_equal(f->csr.subject, "");
    assert_int_equal(f->csr.alt_name_count, 0);
    assert_false(f->csr.is_for_servers || f->csr.is_for_clients || f->csr.wants_quote);
    assert_null(f->csr.not_before);
    assert_null(f->csr.not_after);
}

static void version_1_has_a_quote_and_its_log(void **state)
{
    struct fixture *f = *state;
    const struct csr_given given = {
        .flags = {false, true, true}, .quote = span_text("quote"), .event_log = span_text("[]")};

    assert_int_equal(read_given(f, 1, &given), 0);
    assert_true(f->csr.is_for_clients && f->csr.wants_quote && !f->csr.wants_app_info);
    assert_true(span_is(f->csr.quote, "quote"));
    assert_true(span_is(f->csr.event_log, "[]"));
}

static void other_versions_are_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_given(f, 3, &(struct csr_given){.attestation = ATTESTATION}), -1);
    assert_string_equal(f->error.text, "Unsupported API version: 3");
    assert_int_equal(read_text(f, 0, SPAN_NONE), -1);
    assert_string_equal(f->error.text, "Unsupported API version: 0");
}

static void another_signature_is_refused(void **state)
{
    struct fixture *f = *state;
    struct p256_key other;
    uint8_t signature[72];
    struct buf out;
    size_t len;

    p256_key_generate(&other);
    buf_init(&out, SIZE_MAX);
    csr_write(&out, 2, &(struct csr_given){.attestation = ATTESTATION}, &f->key);
    len = csr_sign(buf_span(&out), &other, signature);
    assert_int_equal(csr_read(2, buf_span(&out), span_of(signature, len), &f->arena, &f->csr, &f->error), -1);
    assert_string_equal(f->error.text, "Failed to verify csr signature: Invalid signature");
    f->error = (struct error){.kind = ERROR_NONE};
    len = csr_sign(buf_span(&out), &f->key, signature);
    assert_int_equal(csr_read(2, buf_span(&out), span_of(signature, len - 1), &f->arena, &f->csr, &f->error),
                     -1);
    assert_string_equal(f->error.text, "Failed to verify csr signature: Invalid signature");
    buf_free(&out);
}

static void another_confirm_word_is_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        read_given(f, 2, &(struct csr_given){.confirm = "please sign it:", .attestation = ATTESTATION}), -1);
    assert_string_equal(f->error.text, "Failed to verify csr signature: Invalid confirm word");
}

static void malformed_texts_are_refused(void **state)
{
    struct fixture *f = *state;
    struct buf out;

    assert_int_equal(read_given(f, 2, &(struct csr_given){.subject = "\xff", .attestation = ATTESTATION}),
                     -1);
    assert_string_equal(f->error.text, "Failed to parse csr: subject must be UTF-8 without NUL");
    assert_int_equal(read_given(f, 2, &(struct csr_given){.subject = "x"}), -1);
    assert_string_equal(f->error.text, "Failed to parse csr: the attestation is missing");
    buf_init(&out, SIZE_MAX);
    csr_write(&out, 1, &(struct csr_given){.quote = span_text("q")}, &f->key);
    buf_append_text(&out, "more");
    assert_int_equal(read_text(f, 1, buf_span(&out)), -1);
    assert_string_equal(f->error.text, "Failed to parse csr: trailing bytes: 4");
    buf_free(&out);
}

/* The request with one name, with the first two bytes of a part changed. */
static void assert_refused_with(struct fixture *f, struct span old, const char *changed, const char *sentence)
{
    struct buf out;
    uint8_t *at;

    buf_init(&out, SIZE_MAX);
    csr_write(&out, 2, &(struct csr_given){.alt_name = "host.example", .attestation = ATTESTATION}, &f->key);
    at = memmem(out.data, out.len, old.data, old.len);
    assert_non_null(at);
    memcpy(at, changed, 2);
    assert_int_equal(read_text(f, 2, buf_span(&out)), -1);
    assert_string_equal(f->error.text, sentence);
    buf_free(&out);
}

static void more_names_or_another_kind_of_key_are_refused(void **state)
{
    struct fixture *f = *state;
    /* As SCALE writes 1 and the name's length, and then 257. */
    assert_refused_with(f, span_text("\x04\x30host.example"), "\x05\x04",
                        "Failed to parse csr: subject_alt_names has 257 names; at most 256 are allowed");
    /* The object identifier of the curve. */
    assert_refused_with(f, span_text("\x2a\x86\x48\xce\x3d\x03\x01\x07"), "\x2a\x87",
                        "Failed to verify csr signature: Unsupported algorithm: the public key must be an "
                        "uncompressed P-256 key, in DER");
}

/* Cut anywhere, it says that it cannot be parsed, unless only the attestation is shorter. */
static void cut_texts_are_refused(void **state)
{
    struct fixture *f = *state;
    const uint64_t time = 1;
    struct buf out;

    for (uint32_t version = 1; version <= 2; version++) {
        buf_init(&out, SIZE_MAX);
        csr_write(&out, version,
                  &(struct csr_given){.org_name = "O",
                                      .subject = "S",
                                      .alt_name = "a",
                                      .not_before = &time,
                                      .not_after = &time,
                                      .quote = span_text("q"),
                                      .event_log = span_text("l")},
                  &f->key);
        for (size_t len = 0; len < out.len; len++) {
            assert_int_equal(read_text(f, version, span_of(out.data, len)), -1);
            assert_memory_equal(f->error.text, "Failed to parse csr: ", 21);
        }
        buf_free(&out);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(everything_in_it_is_read),
        WITH(what_is_optional_may_be_missing),
        WITH(version_1_has_a_quote_and_its_log),
        WITH(other_versions_are_refused),
        WITH(another_signature_is_refused),
        WITH(another_confirm_word_is_refused),
        WITH(malformed_texts_are_refused),
        WITH(cut_texts_are_refused),
        WITH(more_names_or_another_kind_of_key_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
