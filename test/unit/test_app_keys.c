/* The app keys file: a running agent's is taken, and one member wrong at a time is
 * refused by name. */
#include "sim/keys/app_keys.h"

#include "sim/base/file.h"
#include "test/unit/json_with.h"
#include "test/unit/td_fixture.h"

/* Any P-256 SubjectPublicKeyInfo. */
#define PROVIDER                                                                                             \
    "3059301306072a8648ce3d020106082a8648ce3d0301070342000452dc6ef380cfbc6206c4d7546c3c994b3658c1685576"     \
    "a7a736860b46cfaba82ec3c791bfe936b10aa22cf5f3a686f075a1f2471730c22086ea8e74cfc47ffaf1"

static struct k256 *k256;

static int start(void **state)
{
    (void)state;
    k256 = k256_new();
    return 0;
}

static int finish(void **state)
{
    (void)state;
    k256_free(k256);
    return 0;
}

/* The vectors' file with one member set to a JSON value, or left out (NULL); heap. */
static char *file_with(const char *member, const char *value)
{
    struct error error = {.kind = ERROR_NONE};
    char *data, *text;
    size_t len;

    assert_int_equal(file_read(APP_KEYS_VECTOR, APP_KEYS_FILE_BYTES_MAX, &data, &len, &error), 0);
    text = json_with(span_of(data, len), NULL, member, value);
    free(data);
    return text;
}

static void takes_the_file_of_a_running_agent(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys;
    char *text = file_with("unknown", "1");

    (void)state;
    assert_int_equal(app_keys_parse(&keys, span_text(text), k256, &error), 0);
    assert_hex_equal(keys.k256_key, 32, "d6e88992cdeeee35fe70b5db61ab66cdb191fb9b6ec9313757ef162dd7214d5d");
    assert_hex_equal(keys.k256_signature, 65,
                     "9e618603e72d01fedb82deff6daf2d62a572becf0059eec3f89c1ab40e1f2e59"
                     "4d2a283f843f34e8f39e4cc49a612496ce67223a12ac923f8efe330346dfc6c500");
    assert_hex_equal(keys.ca.key_id, 20, "7af8c9f9564fbc3c472767a38de21a51830c7047");
    assert_false(keys.has_app_id);
    assert_memory_equal(keys.ca_cert, "-----BEGIN CERTIFICATE-----\nMIIBmzCCAUCg", 40);
    app_keys_free(&keys);
    free(text);
}

static void an_app_id_may_be_named(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys;
    char *text = file_with("app_id", "\"0x5bb4ff9a3837357f19dc176407a5709c62eb6c56\"");

    (void)state;
    assert_int_equal(app_keys_parse(&keys, span_text(text), k256, &error), 0);
    assert_true(keys.has_app_id);
    assert_hex_equal(keys.app_id, APP_ID_BYTES, "5bb4ff9a3837357f19dc176407a5709c62eb6c56");
    app_keys_free(&keys);
    free(text);
}

static void errors_name_the_member(void **state)
{
    static const char zeros[] = "\"0000000000000000000000000000000000000000000000000000000000000000\"";
    static const char order[] = "\"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141\"";
    const struct {
        const char *member, *value, *expected;
    } cases[] = {
        {"k256_key", NULL, "k256_key is missing"},
        {"k256_key", zeros, "k256_key is not a secp256k1 private key"},
        {"k256_key", order, "k256_key is not a secp256k1 private key"},
        {"k256_key", "\"00zz\"", "k256_key must be hex"},
        {"k256_signature", NULL, "k256_signature is missing"},
        {"k256_signature", "\"00\"", "k256_signature must have 65 bytes or be empty, but has 1"},
        {"ca_cert", NULL, "ca_cert is missing"},
        {"ca_cert", "\"\"", "ca_cert is not a usable CA certificate"},
        {"key_provider", NULL, "key_provider is missing"},
        {"key_provider", "{}", "key_provider must contain an object named after its kind"},
        {"key_provider", "{\"None\":1}", "key_provider must contain an object named after its kind"},
        {"key_provider", "{\"None\":{}}", "key_provider: the member key is missing"},
        {"key_provider", "{\"None\":{\"key\":\"x\"}}", "key_provider.key is not a P-256 private key"},
        {"key_provider", "{\"Kms\":{\"pubkey\":\"00\"}}", "key_provider: pubkey must have 91 bytes"},
        {"key_provider", "{\"Local\":{\"mr\":\"00\"}}", "key_provider: mr must have 32 bytes"},
        {"env_crypt_key", "\"00\"", "env_crypt_key must have 32 bytes or be empty"},
        {"app_id", "\"00\"", "app_id must have 20 bytes"},
        {"app_id", "null", "app_id must be a string"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct app_keys keys, zero = {.has_app_id = false};
        char *text = file_with(cases[i].member, cases[i].value);

        assert_int_equal(app_keys_parse(&keys, span_text(text), k256, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].expected, error.text);
        assert_memory_equal(keys.k256_key, zero.k256_key, sizeof zero.k256_key);
        assert_null(keys.ca_cert);
        free(text);
    }
}

static struct app_keys issued(const char *seed_text, uint8_t app_id_byte)
{
    struct error error = {.kind = ERROR_NONE};
    uint8_t app_id[APP_ID_BYTES] = {app_id_byte};
    struct kms kms = {.root_key = {0}};
    struct app_keys keys;
    struct seed seed;

    seed_init(&seed, seed_text);
    assert_int_equal(kms_init(&kms, &seed, k256, &error), 0);
    assert_int_equal(app_keys_issue(&keys, &kms, app_id, k256, &error), 0);
    kms_free(&kms);
    return keys;
}

/* Computed elsewhere. */
static void a_seed_yields_keys_without_a_certificate(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys;
    uint8_t seed[32], scalar[32];
    struct p256_key ca;

    (void)state;
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    from_hex("0a6ae75425993b828ace490021809dcda469d5b531b018a27fdd28cd6d81115e", scalar, 32);
    assert_int_equal(p256_key_from_scalar(&ca, scalar), 0);
    assert_int_equal(app_keys_derive(&keys, seed, k256, &error), 0);
    assert_hex_equal(keys.k256_key, 32, "091c9c36eb873f1aacde93e91631256e1610ce9940166b45f437d635d76ba95e");
    assert_memory_equal(keys.ca_key.public_key, ca.public_key, P256_PUBLIC_BYTES);
    assert_int_equal(keys.k256_signature_len, 0);
    assert_false(keys.has_env_key);
    assert_null(keys.ca_cert);
    app_keys_free(&keys);
}

static void a_guest_without_a_kms_has_no_signature(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys;
    json_t *root;
    char *text = file_with("k256_signature", "\"\""), *local;

    (void)state;
    root = json_loads(text, 0, NULL);
    json_object_set(json_object_get(root, "key_provider"), "Local",
                    json_object_get(json_object_get(root, "key_provider"), "None"));
    json_object_del(json_object_get(root, "key_provider"), "None");
    json_object_set_new(json_object_get(json_object_get(root, "key_provider"), "Local"), "mr",
                        json_string("1111111111111111111111111111111111111111111111111111111111111111"));
    json_object_set_new(root, "env_crypt_key", json_string(""));
    local = json_dumps(root, 0);
    assert_int_equal(app_keys_parse(&keys, span_text(local), k256, &error), 0);
    assert_int_equal(keys.k256_signature_len, 0);
    assert_false(keys.has_env_key);
    assert_hex_equal(keys.provider_id, keys.provider_id_len,
                     "1111111111111111111111111111111111111111111111111111111111111111");
    app_keys_free(&keys);
    json_decref(root);
    free(local);
    free(text);
}

/* Its certificates are signed by the KMS, so the file has no key of a CA. */
static void a_guest_with_a_kms_has_no_ca(void **state)
{
    static const char kms[] = "{\"Kms\":{\"url\":\"https://kms:8000/prpc\",\"pubkey\":\"" PROVIDER "\","
                              "\"tmp_ca_key\":\"\",\"tmp_ca_cert\":\"\"}}";
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys, donor = issued("s", 1);
    char *text = file_with("key_provider", kms);
    struct kms ours = {.root_key = {0}};
    struct seed seed;

    (void)state;
    assert_int_equal(app_keys_parse(&keys, span_text(text), k256, &error), 0);
    assert_null(keys.ca_cert);
    assert_hex_equal(keys.provider_id, keys.provider_id_len, PROVIDER);
    seed_init(&seed, "s");
    assert_int_equal(kms_init(&ours, &seed, k256, &error), 0);
    assert_int_equal(app_keys_borrow_ca(&keys, &ours, &error), 0);
    assert_string_equal(keys.ca_cert, donor.ca_cert);
    kms_free(&ours);
    app_keys_free(&donor);
    app_keys_free(&keys);
    free(text);
}

static void ca_certificate_and_key_must_belong_together(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys = issued("s", 1), refused;
    json_t *pem = json_string(keys.ca_cert);
    char *value = json_dumps(pem, JSON_ENCODE_ANY);
    char *text = file_with("ca_cert", value);

    (void)state;
    assert_int_equal(app_keys_parse(&refused, span_text(text), k256, &error), -1);
    assert_non_null(strstr(error.text, "ca_cert is not the certificate of key_provider's key"));
    free(text);
    free(value);
    json_decref(pem);
    app_keys_free(&keys);
}

static void the_seeds_kms_issues_the_same_again(void **state)
{
    struct app_keys a = issued("s", 1), again = issued("s", 1), app = issued("s", 2), seed = issued("t", 1);

    (void)state;
    assert_memory_equal(a.k256_key, again.k256_key, 32);
    assert_memory_equal(a.k256_signature, again.k256_signature, 65);
    assert_string_equal(a.ca_cert, again.ca_cert);
    assert_memory_equal(a.ca.public_key, a.ca_key.public_key, P256_PUBLIC_BYTES);
    assert_memory_not_equal(a.k256_key, app.k256_key, 32);
    assert_string_equal(a.ca_cert, app.ca_cert);
    assert_memory_not_equal(a.k256_key, seed.k256_key, 32);
    assert_string_not_equal(a.ca_cert, seed.ca_cert);
    assert_false(a.has_app_id);
    app_keys_free(&a);
    app_keys_free(&again);
    app_keys_free(&app);
    app_keys_free(&seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_file_of_a_running_agent),
        cmocka_unit_test(an_app_id_may_be_named),
        cmocka_unit_test(errors_name_the_member),
        cmocka_unit_test(ca_certificate_and_key_must_belong_together),
        cmocka_unit_test(the_seeds_kms_issues_the_same_again),
        cmocka_unit_test(a_seed_yields_keys_without_a_certificate),
        cmocka_unit_test(a_guest_without_a_kms_has_no_signature),
        cmocka_unit_test(a_guest_with_a_kms_has_no_ca),
    };

    return cmocka_run_group_tests(tests, start, finish);
}
