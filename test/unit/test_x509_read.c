/* Parts of a certificate, against what mbedTLS reads of it. */
#include "crypto/x509_read.h"

#include "test/unit/kms_fixture.h"

static struct bytes of(struct span span)
{
    return (struct bytes){span.data, span.len};
}

static void key_and_extensions_are_found(void **state)
{
    struct kms_fixture *f = *state;
    uint8_t key[P256_PUBLIC_BYTES];
    struct bytes value, octets;

    kms_call(f);
    assert_true(x509_read_key(of(f->gate.certificate), key));
    assert_memory_equal(key, f->key.public_key, sizeof key);
    value = x509_read_extension(of(f->gate.certificate), ra_tls_oid(RA_TLS_ATTESTATION));
    assert_non_null(value.data);
    assert_true(x509_read_octets(value, &octets));
    assert_true(span_equal(span_of(octets.data, octets.len), kms_evidence(f).attestation));
    assert_null(x509_read_extension(of(f->gate.certificate), ra_tls_oid(RA_TLS_QUOTE)).data);
    assert_false(x509_read_octets((struct bytes){"\x04\x01zz", 4}, &octets));
}

/* Cut anywhere, nothing is read beyond the end. */
static void a_cut_certificate_has_no_parts(void **state)
{
    struct kms_fixture *f = *state;
    uint8_t key[P256_PUBLIC_BYTES];

    kms_call(f);
    for (size_t len = 0; len < f->gate.certificate.len; len++) {
        uint8_t *cut = memcpy(malloc(len + 1), f->gate.certificate.data, len);
        const struct bytes bytes = {cut, len};

        assert_false(x509_read_key(bytes, key));
        assert_null(x509_read_extension(bytes, ra_tls_oid(RA_TLS_ATTESTATION)).data);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(key_and_extensions_are_found, kms_start, kms_finish),
        cmocka_unit_test_setup_teardown(a_cut_certificate_has_no_parts, kms_start, kms_finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
