/* What a guest asks for is what a KMS reads. */
#include "sim/keys/csr_make.h"

#include "crypto/x509_signed.h"

#include "test/unit/vectors.h"

static void check(const struct csr *asked)
{
    const struct span attestation = span_of("\0\0ab", 4);
    struct error error = {.kind = ERROR_NONE};
    struct csr_make_result made;
    struct p256_key key;
    struct arena arena;
    struct csr read;

    arena_init(&arena);
    p256_key_generate(&key);
    csr_make(asked, &key, attestation, &arena, &made);
    assert_int_equal(csr_read(2, made.text, made.signature, &arena, &read, &error), 0);
    assert_memory_equal(read.public_key, key.public_key, P256_PUBLIC_BYTES);
    assert_string_equal(read.subject, asked->subject);
    assert_string_equal(read.org_name ? read.org_name : "-", asked->org_name ? asked->org_name : "-");
    assert_int_equal(read.alt_name_count, asked->alt_name_count);
    for (size_t i = 0; i < asked->alt_name_count; i++)
        assert_string_equal(read.alt_names[i], asked->alt_names[i]);
    assert_int_equal(read.is_for_servers, asked->is_for_servers);
    assert_int_equal(read.is_for_clients, asked->is_for_clients);
    assert_int_equal(read.wants_quote, asked->wants_quote);
    assert_int_equal(read.wants_app_info, asked->wants_app_info);
    assert_int_equal(read.not_before ? *read.not_before : 0, asked->not_before ? *asked->not_before : 0);
    assert_int_equal(read.not_after ? *read.not_after : 0, asked->not_after ? *asked->not_after : 0);
    assert_true(span_equal(read.attestation, attestation));
    arena_free(&arena);
}

static void a_kms_reads_what_is_asked(void **state)
{
    const uint64_t from = 0x0102030405060708, to = 9;
    char first[] = "host.example", second[] = "127.0.0.1";
    char *names[] = {first, second};

    (void)state;
    check(&(struct csr){.subject = ""});
    check(&(struct csr){.subject = "a", .is_for_servers = true});
    check(&(struct csr){.subject = "b", .is_for_clients = true, .not_before = &from});
    check(&(struct csr){.subject = "c", .wants_quote = true, .not_after = &to});
    check(&(struct csr){.subject = "a subject",
                        .org_name = "Org",
                        .alt_names = names,
                        .alt_name_count = 2,
                        .wants_app_info = true,
                        .not_before = &from,
                        .not_after = &to});
}

/* r and s have zero bytes before or after the others, and a high bit that needs one more. */
static void signatures_are_of_each_length(void **state)
{
    bool was_seen[X509_SIGNED_SIGNATURE_BYTES + 1] = {false};
    uint8_t pair[P256_SIGNATURE_BYTES], der[X509_SIGNED_SIGNATURE_BYTES], read[P256_SIGNATURE_BYTES];

    (void)state;
    for (unsigned round = 0; round < 256; round++) {
        size_t len;

        memset(pair, 0, sizeof pair);
        pair[round % 31] = (uint8_t)(round | 1);
        pair[32 + round / 2 % 31] = 0x80;
        len = x509_signed_write(pair, der);
        was_seen[len] = true;
        assert_true(x509_signed_signature((struct bytes){der, len}, read));
        assert_memory_equal(read, pair, sizeof pair);
    }
    assert_true(was_seen[72] && was_seen[70] && was_seen[60]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kms_reads_what_is_asked),
        cmocka_unit_test(signatures_are_of_each_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
