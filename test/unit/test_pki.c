/* Entities of the simulator's fixed PKI: named, issued, and the same bytes again. */
#include "sim/keys/pki.h"

#include "test/unit/certificate.h"

static const struct x509_attribute name[] = {{X509_CN, "an entity"}};

static void make(struct pki_entity *entity, uint8_t scalar_byte)
{
    uint8_t scalar[32] = {[31] = scalar_byte};
    struct error error = {.kind = ERROR_NONE};

    *entity = (struct pki_entity){.name_len = 0};
    assert_int_equal(p256_key_from_scalar(&entity->key, scalar), 0);
    assert_int_equal(pki_name(entity, name, 1, &error), 0);
}

static void issue(struct pki_entity *entity, const struct pki_entity *issuer, int path_length)
{
    struct error error = {.kind = ERROR_NONE};
    struct x509_extensions extensions;
    uint8_t room[64];

    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add_basic_constraints(&extensions, path_length);
    assert_int_equal(pki_issue(entity, issuer, 7, PKI_DSTACK_NOT_BEFORE, &extensions, &error), 0);
}

static void issues_itself_and_others(void **state)
{
    struct pki_entity root, leaf, again;
    mbedtls_x509_crt root_crt, leaf_crt;
    uint8_t key_id[X509_KEY_ID_BYTES];

    (void)state;
    make(&root, 1);
    issue(&root, &root, 0);
    make(&leaf, 2);
    issue(&leaf, &root, X509_NOT_A_CA);
    make(&again, 2);
    issue(&again, &root, X509_NOT_A_CA);
    certificate_read(&root_crt, root.pem);
    certificate_read(&leaf_crt, leaf.pem);
    assert_issued_by(&root_crt, &root_crt);
    assert_issued_by(&leaf_crt, &root_crt);
    assert_int_equal(leaf_crt.valid_from.year, 1975);
    assert_int_equal(leaf_crt.valid_to.year, 2049);
    assert_int_equal(leaf_crt.serial.p[0], 7);
    assert_string_equal(leaf.pem, again.pem);
    x509_key_id(leaf.key.public_key, key_id);
    assert_memory_equal(leaf.key_id, key_id, sizeof key_id);
    mbedtls_x509_crt_free(&root_crt);
    mbedtls_x509_crt_free(&leaf_crt);
    pki_free(&root);
    pki_free(&leaf);
    pki_free(&again);
}

static void what_does_not_fit_is_an_error(void **state)
{
    static const struct x509_attribute long_name[] = {
        {X509_O, "a name of many words that goes on until there is no room for it any more, however it is "
                 "written, for the place it has is one of a hundred and twenty-eight bytes"},
    };
    static const uint8_t large[5000];
    struct error too_long = {.kind = ERROR_NONE}, no_room = {.kind = ERROR_NONE},
                 too_large = {.kind = ERROR_NONE};
    struct x509_extensions extensions;
    struct pki_entity entity;
    uint8_t room[4];

    (void)state;
    make(&entity, 1);
    assert_int_equal(pki_name(&entity, long_name, 1, &too_long), -1);
    assert_int_equal(too_long.kind, ERROR_INTERNAL);
    make(&entity, 1);
    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add_basic_constraints(&extensions, 1);
    assert_int_equal(pki_issue(&entity, &entity, 1, PKI_INTEL_NOT_BEFORE, &extensions, &no_room), -1);
    assert_int_equal(no_room.kind, ERROR_INTERNAL);
    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add(&extensions, (struct bytes){"\x2a\x03", 2}, false,
                        (struct bytes){large, sizeof large});
    assert_int_equal(pki_issue(&entity, &entity, 1, PKI_INTEL_NOT_BEFORE, &extensions, &too_large), -1);
    assert_non_null(strstr(too_large.text, "does not fit in 4096 bytes"));
    assert_null(entity.pem);
}

static void der_is_written_as_pem(void **state)
{
    char *pem = pki_pem("X509 CRL", (const uint8_t *)"abc", 3);

    (void)state;
    assert_string_equal(pem, "-----BEGIN X509 CRL-----\nYWJj\n-----END X509 CRL-----\n");
    free(pem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issues_itself_and_others),
        cmocka_unit_test(what_does_not_fit_is_an_error),
        cmocka_unit_test(der_is_written_as_pem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
