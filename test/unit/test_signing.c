/* Sign, Verify and the keys of paths: a running agent's answers, and the errors
 * clients match on. */
#include "sim/keys/signing.h"

#include "test/unit/td_fixture.h"

static const char abc_digest[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char k256_public[] = "036105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54";
static const char k256_signature[] = "647bff73893c6ed0a3a8c6b2f23071419543652fb5bb0779db5c977851733f67"
                                     "0e934e954290447b04ab10ff3bf8f00c336088581a1ff242e39ef861d66999c7";
static const char k256_chain[] = "51ec279eb0da3fb45335c2fd6badaf701905bf35f229912976c4ae3c9d649cf9"
                                 "7f964473f2dce7118743bad84a6df707d11c9b5f0b38379204e14fd2c7baddba01";
static const char ed_public[] = "698f56bd587d8ce3ca8db0e1c361ba9d190089f98dc4d9df800ff92ed073a65d";
static const char ed_signature[] = "95c9142f45fd10b162ccb569c172b50070f952d47771c03caf73adf168eeac84"
                                   "5cbd446494c0db9594d7255475aa2382c707e8a48125d649480014d98f25040a";
static const char ed_chain[] = "d61ff204728dae76ba4e29313003433d533d069f9c98ebb3382104145f1c664c"
                               "59fac4326a86420ec3f450303d3a675d595f546448076a464343bcc25143c4a300";

/* What a running agent answered to Sign with the data abc. */
static const struct {
    const char *algorithm, *data, *signature, *chain, *public_key;
} answers[] = {
    {"secp256k1", "616263", k256_signature, k256_chain, k256_public},
    {"k256", "616263", k256_signature, k256_chain, k256_public},
    {"secp256k1_prehashed", abc_digest, k256_signature, k256_chain, k256_public},
    {"ed25519", "616263", ed_signature, ed_chain, ed_public},
};

static enum signing_algorithm algorithm_of(const char *name)
{
    struct error error = {.kind = ERROR_NONE};
    enum signing_algorithm algorithm;

    assert_int_equal(signing_algorithm_by_name(name, &algorithm, &error), 0);
    return algorithm;
}

static void signs_as_a_running_agent(void **state)
{
    struct td *td = *state;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct error error = {.kind = ERROR_NONE};
        enum signing_algorithm algorithm = algorithm_of(answers[i].algorithm);
        size_t len = strlen(answers[i].data) / 2;
        uint8_t data[32], signature[64];
        struct app_key key;

        from_hex(answers[i].data, data, len);
        assert_int_equal(signing_app_key(&td->keyring, algorithm, &key, &error), 0);
        assert_int_equal(
            signing_sign(td->shared->k256, algorithm, &key, span_of(data, len), signature, &error), 0);
        assert_hex_equal(signature, sizeof signature, answers[i].signature);
        assert_hex_equal(key.public_key, key.public_key_len, answers[i].public_key);
        assert_hex_equal(key.signature, sizeof key.signature, answers[i].chain);
    }
}

struct verification {
    uint8_t data[32], signature[64], public_key[33];
    struct span data_span, signature_span, public_span;
    enum signing_algorithm algorithm;
};

static struct verification *verification_of(size_t i, struct verification *v)
{
    size_t data_len = strlen(answers[i].data) / 2, key_len = strlen(answers[i].public_key) / 2;

    from_hex(answers[i].data, v->data, data_len);
    from_hex(answers[i].signature, v->signature, 64);
    from_hex(answers[i].public_key, v->public_key, key_len);
    v->data_span = span_of(v->data, data_len);
    v->signature_span = span_of(v->signature, 64);
    v->public_span = span_of(v->public_key, key_len);
    v->algorithm = algorithm_of(answers[i].algorithm);
    return v;
}

/* 1 valid, 0 not, -1 an error. */
static int verify(struct td *td, const struct verification *v, struct error *error)
{
    bool valid = true;

    error->kind = ERROR_NONE;
    if (signing_verify(td->shared->k256, v->algorithm, v->data_span, v->signature_span, v->public_span,
                       &valid, error))
        return -1;
    return valid;
}

static void a_signature_verifies_over_its_data_alone(void **state)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct verification v;
        struct error error;

        assert_int_equal(verify(*state, verification_of(i, &v), &error), 1);
        v.data[0] ^= 1;
        assert_int_equal(verify(*state, &v, &error), 0);
        v.data[0] ^= 1;
        v.signature[40] ^= 1;
        assert_int_equal(verify(*state, &v, &error), 0);
        verification_of(i, &v);
        v.data_span.len--;
        assert_int_equal(verify(*state, &v, &error), 0);
    }
}

static void assert_refused(struct td *td, const struct verification *v, const char *expected)
{
    struct error error;

    assert_int_equal(verify(td, v, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (strncmp(error.text, expected, strlen(expected)) != 0)
        fail_msg("%s: %s", expected, error.text);
}

static void malformed_keys_are_errors(void **state)
{
    struct verification v;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        verification_of(i, &v)->public_span.len--;
        assert_refused(*state, &v, "invalid public key");
        v.public_span = SPAN_NONE;
        assert_refused(*state, &v, "invalid public key");
    }
    verification_of(0, &v)->public_key[0] = 5;
    assert_refused(*state, &v, "invalid public key");
    verification_of(3, &v);
    memset(v.public_key, 0, sizeof v.public_key);
    v.public_key[0] = 2; /* no point has this y */
    assert_refused(*state, &v, "invalid public key");
}

static void malformed_signatures_are_errors(void **state)
{
    struct verification v;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        verification_of(i, &v)->signature_span.len = 63;
        assert_refused(*state, &v, "signature error");
        v.signature_span = SPAN_NONE;
        assert_refused(*state, &v, "signature error");
    }
    verification_of(0, &v);
    memset(v.signature, 0, 32);
    assert_refused(*state, &v, "signature error");
    memset(v.signature, 0xff, 64);
    assert_refused(*state, &v, "signature error");
}

static void an_uncompressed_key_verifies(void **state)
{
    /* SEC 1, both coordinates of the signing key. */
    static const char uncompressed[] = "04"
                                       "6105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54"
                                       "d3062ba730de314a83317102b967ce20b27e5231fc5529fc421745a2ac35564d";
    struct verification v;
    struct error error;
    uint8_t key[65];

    from_hex(uncompressed, key, sizeof key);
    verification_of(0, &v)->public_span = span_of(key, sizeof key);
    assert_int_equal(verify(*state, &v, &error), 1);
}

static void prehashed_takes_32_bytes(void **state)
{
    static const size_t lengths[] = {0, 31, 33};
    struct td *td = *state;
    uint8_t data[33] = {0}, signature[64];
    struct app_key key;

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct error error = {.kind = ERROR_NONE};
        char expected[96];

        snprintf(expected, sizeof expected,
                 "Pre-hashed signing requires a 32-byte digest, but received %zu bytes", lengths[i]);
        assert_int_equal(signing_app_key(&td->keyring, SIGNING_SECP256K1_PREHASHED, &key, &error), 0);
        assert_int_equal(signing_sign(td->shared->k256, SIGNING_SECP256K1_PREHASHED, &key,
                                      span_of(data, lengths[i]), signature, &error),
                         -1);
        assert_string_equal(error.text, expected);
    }
}

static void a_digest_to_verify_is_padded_or_cut(void **state)
{
    static const size_t lengths[] = {0, 1, 15, 16, 17, 31, 32, 33, 64};
    struct td *td = *state;
    uint8_t data[64], digest[32] = {0};

    memset(data, 0xab, sizeof data);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t len = lengths[i] < 32 ? lengths[i] : 32;
        struct error error = {.kind = ERROR_NONE};
        struct verification v;
        struct app_key key;

        memset(digest, 0, sizeof digest);
        memset(digest + 32 - len, 0xab, len);
        verification_of(2, &v)->data_span = span_of(data, lengths[i]);
        assert_int_equal(signing_app_key(&td->keyring, v.algorithm, &key, &error), 0);
        assert_int_equal(
            signing_sign(td->shared->k256, v.algorithm, &key, span_of(digest, 32), v.signature, &error), 0);
        assert_int_equal(verify(td, &v, &error), lengths[i] >= 16);
    }
}

static void empty_data_is_data(void **state)
{
    struct td *td = *state;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct verification v;
        struct app_key key;

        if (verification_of(i, &v)->algorithm == SIGNING_SECP256K1_PREHASHED)
            continue;
        v.data_span = SPAN_NONE;
        assert_int_equal(signing_app_key(&td->keyring, v.algorithm, &key, &error), 0);
        assert_int_equal(signing_sign(td->shared->k256, v.algorithm, &key, SPAN_NONE, v.signature, &error),
                         0);
        assert_int_equal(verify(td, &v, &error), 1);
    }
}

static void other_algorithms_are_unsupported(void **state)
{
    static const char *const refused[] = {
        "", "rsa", "SECP256K1", "secp256k1 ", "ed25519_prehashed", "secp256r1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error error = {.kind = ERROR_NONE};
        enum signing_algorithm algorithm;

        assert_int_equal(signing_algorithm_by_name(refused[i], &algorithm, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_memory_equal(error.text, "Unsupported algorithm", 21);
        assert_non_null(strstr(error.text, refused[i]));
    }
}

static void path_keys_of_a_running_agent(void **state)
{
    const struct td *td = *state;
    static const struct {
        const char *algorithm, *path, *purpose, *key, *signature;
    } cases[] = {
        {"secp256k1", "a", "p", "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94",
         "309ff997a26732d345f0dadbf5bf88acaea7dbb4c8c1e44eb4085c749fac5223"
         "1e63eeeaec41fd488025e6e785d011720d7f81ee17cb4d0a76239528e2656ba900"},
        {"k256", "a", "p", "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94", NULL},
        {"", "a", "p", "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94", NULL},
        {"ed25519", "a", "p", "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94",
         "3885c585c91a7f6053c00bc2962ddb9218e466cf86224d2de32c5bb114e2cccf"
         "555940fa9c27c0377353ece357182ef9b766ebe75c6eacc02b895303cb710c6700"},
        {"", "/", "", "f6c1ed94488394d78e0a4e5ab75d62e9f085d73b0b555d0614fb90ca13d9464d",
         "8e153f3e5d4e3088d5262b678539982fbca279544aaada030aaad07af77b3150"
         "5d094508161e3dd55feafe648eb4f718ab06169d9704faf8baee339b3f50310900"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct app_key key;

        assert_int_equal(
            signing_path_key(&td->keyring, cases[i].algorithm, cases[i].path, cases[i].purpose, &key, &error),
            0);
        assert_hex_equal(key.private_key, 32, cases[i].key);
        if (cases[i].signature)
            assert_hex_equal(key.signature, 65, cases[i].signature);
    }
}

static void a_prehashed_key_is_no_key(void **state)
{
    const struct td *td = *state;
    static const char *const refused[] = {"secp256k1_prehashed", "rsa"};

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct app_key key;

        assert_int_equal(signing_path_key(&td->keyring, refused[i], "a", "p", &key, &error), -1);
        assert_memory_equal(error.text, "Unsupported algorithm", 21);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signs_as_a_running_agent, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_signature_verifies_over_its_data_alone, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(malformed_keys_are_errors, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(malformed_signatures_are_errors, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(an_uncompressed_key_verifies, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(prehashed_takes_32_bytes, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_digest_to_verify_is_padded_or_cut, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(empty_data_is_data, td_setup, td_teardown),
        cmocka_unit_test(other_algorithms_are_unsupported),
        cmocka_unit_test_setup_teardown(path_keys_of_a_running_agent, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_prehashed_key_is_no_key, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
