/* The KMS of a seed, against HKDF, secp256k1, X25519 and Keccak computed elsewhere. */
#include "sim/keys/kms.h"

#include "sim/cluster/cluster.h" /* the default seed */
#include "test/unit/certificate.h"

struct fixture {
    struct k256 *k256;
    struct kms kms;
    struct error error;
};

static int start(void **state)
{
    static struct fixture fixture;
    struct seed seed;

    fixture = (struct fixture){.k256 = k256_new()};
    seed_init(&seed, CLUSTER_SEED_DEFAULT);
    *state = &fixture;
    return kms_init(&fixture.kms, &seed, fixture.k256, &fixture.error);
}

static int finish(void **state)
{
    struct fixture *f = *state;

    kms_free(&f->kms);
    k256_free(f->k256);
    return 0;
}

static void the_root_issues_a_key_and_signs_it(void **state)
{
    struct fixture *f = *state;
    uint8_t app_id[APP_ID_BYTES], key[32], public_key[K256_PUBLIC_BYTES], signature[K256_RECOVERABLE_BYTES];

    for (uint8_t i = 0; i < APP_ID_BYTES; i++)
        app_id[i] = i;
    assert_hex_equal(f->kms.root_key, 32, "1ab7af4112e0e367d6961d684164a278b392d02e6192fc1e7db81db08db07512");
    assert_int_equal(kms_issue_app_key(&f->kms, f->k256, app_id, key, public_key, signature, &f->error), 0);
    assert_hex_equal(key, 32, "510451dc2991e9b1ec9dce5608138ff630e799765cdb6dddfbf142877db8e5e7");
    assert_hex_equal(public_key, 33, "03e63a29c34a6537029c320de97bd06075cfe7a3417a4054ca4d5d751e9a8ac2cd");
    assert_hex_equal(signature, 65,
                     "eca69d7916d40436ed0c6b03ea655b37be1ee20945c20306933fd1aef3b6de4f"
                     "33447c36cac3051c5dd2f292ecf669a8908ffed33bfdef72148ef70c26d1178e00");
}

static void environments_are_encrypted_to_a_signed_key(void **state)
{
    struct fixture *f = *state;
    uint8_t app_id[APP_ID_BYTES];
    struct kms_env_key key;

    for (uint8_t i = 0; i < APP_ID_BYTES; i++)
        app_id[i] = i;
    assert_int_equal(kms_derive_env_key(&f->kms, f->k256, app_id, 0x0102030405060708, &key, &f->error), 0);
    assert_hex_equal(key.public_key, 32, "38b9722ecc26d93e5a09af6efd2aae7d2da7409e01a7e62c4250505c4544c25f");
    assert_hex_equal(key.signature, 65,
                     "9d4e3b034a349f8886202b179df2e31f63de4d3dec7741b6fb627d98e3e98c37"
                     "460a486f00f6223dbfd3f01d3b5cde08cf3782283c0687d64ef5654c0c3f927601");
    assert_hex_equal(key.signature_v1, 65,
                     "8bf28deaedb0d28ce153b8952f4c33346da4c5d907f9327a3d9ec307ca5cfbb7"
                     "4228a1bba3bfa3d10fe0c13be36b30e7043bbab2bf0b5dd8b6aa6195f632be9d00");
}

/* subject: the DER Name; constraints: the value of basicConstraints, both in hex. */
static void assert_usable_ca(const struct pki_entity *ca, const char *subject, const char *constraints)
{
    struct certificate_extension extension;
    mbedtls_x509_crt crt;

    certificate_read(&crt, ca->pem);
    assert_issued_by(&crt, &crt);
    assert_hex_equal(crt.subject_raw.p, crt.subject_raw.len, subject);
    assert_hex_equal(crt.issuer_raw.p, crt.issuer_raw.len, subject);
    assert_int_equal(crt.valid_from.year * 10000 + crt.valid_from.mon * 100 + crt.valid_from.day, 19750101);
    assert_int_equal(crt.valid_to.year * 10000 + crt.valid_to.mon * 100 + crt.valid_to.day, 20491231);
    assert_true(certificate_find(&crt, "551d13", &extension) && extension.critical);
    assert_hex_equal(extension.value.data, extension.value.len, constraints);
    assert_true(certificate_find(&crt, "551d0f", &extension) && extension.critical);
    assert_hex_equal(extension.value.data, extension.value.len, "03020186");
    assert_true(certificate_find(&crt, "551d0e", &extension));
    mbedtls_x509_crt_free(&crt);
}

static void the_cas_are_usable(void **state)
{
    struct fixture *f = *state;

    assert_usable_ca(&f->kms.ca,
                     "3029310f300d060355040a0c0644737461636b3116301406035504030c0d44737461636b204b4d53204341",
                     "30060101ff020101");
    assert_usable_ca(&f->kms.temp_ca,
                     "3031310f300d060355040a0c0644737461636b311e301c06"
                     "035504030c1544737461636b20436c69656e742054656d70"
                     "204341",
                     "30060101ff020100");
    assert_memory_not_equal(f->kms.ca.key.scalar, f->kms.temp_ca.key.scalar, 32);
}

static void a_seed_gives_the_same_kms_again(void **state)
{
    struct fixture *f = *state;
    struct kms again = {.root_key = {0}};
    struct seed seed;

    seed_init(&seed, CLUSTER_SEED_DEFAULT);
    assert_int_equal(kms_init(&again, &seed, f->k256, &f->error), 0);
    assert_string_equal(again.ca.pem, f->kms.ca.pem);
    assert_memory_equal(again.root_public, f->kms.root_public, sizeof again.root_public);
    assert_hex_equal(again.root_public, 33,
                     "022135f34b6e45d584a68b59a14e8eb7f1e108e65753e120a6c63ea6e04ec566b0");
    kms_free(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_root_issues_a_key_and_signs_it, start, finish),
        cmocka_unit_test_setup_teardown(environments_are_encrypted_to_a_signed_key, start, finish),
        cmocka_unit_test_setup_teardown(the_cas_are_usable, start, finish),
        cmocka_unit_test_setup_teardown(a_seed_gives_the_same_kms_again, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
