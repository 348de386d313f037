/* Keys by domain and algorithm, against the published vectors of the versioned API. */
#include "sim/keys/domain_key.h"

#include "crypto/hash.h"
#include "test/unit/k256_recover.h"
#include "test/unit/keyring_fixture.h"

static void get(const struct keyring_fixture *fixture, enum app_key_algorithm algorithm, struct span domain,
                struct app_key *key)
{
    struct error error = {.kind = ERROR_NONE};

    if (domain_key_get(&fixture->keyring, algorithm, domain, key, &error))
        fail_msg("%s", error.text);
}

static void the_published_vectors(void **state)
{
    static const struct {
        const char *domain;
        size_t len;
        enum app_key_algorithm algorithm;
        const char *key, *public_key;
    } vectors[] = {
        {"", 0, APP_KEY_SECP256K1, "59f60584ce6fd2a3a31997256db9d77322463fc8a6b1520110401bcb1ee92387",
         "0377c7fb050db181d392266a3cee9adb2901c6d665f11bac68be5457f577ba4908"},
        {"", 0, APP_KEY_ED25519, "b023493030669cf22e9cafa6a464d4cf3ae4edfe5474ec796710f21ea011946d",
         "a3dc149fd5b765eab2eb7d3174fa939e39386898f10b15b7b146f6f1358ecf2a"},
        {"storage-encryption", 18, APP_KEY_SECP256K1,
         "5510330f86902ddae38c6d89c93a8408019332c17a429e1abd01c4a28d1544a6",
         "03d962450a41748021c8b02787ac36ce642ff0ae25f4c55019eb527e1112cfd764"},
        {"storage-encryption", 18, APP_KEY_ED25519,
         "3c4c3ece12fa99ccb93fc0090877f80e70545fdd971e2ac93d3398c4684538d3",
         "2380c4a33a60b60613fa43866421e5b96eb8dcde211317200fd0d41e7e491288"},
        {"a/b/c", 5, APP_KEY_SECP256K1, "7f0973449298085d2d36a3b4c4d3243c100ba1981ffa885fe9e9dee883e69538",
         "02e9b1a61b6d70aa9b241753828c316bf90e33e77b2e113f9ba75a8b6dc3cde5c1"},
        {"k\0:ey", 5, APP_KEY_ED25519, "42da8bf0b479ed125c370e3b91f982735bf08ff592abbd586985affa43ee96a1",
         "c833107822b003ff5675b33b90b151d4315c3ab9162b17d876e8dffde41abf9b"},
    };

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct app_key key;

        get(*state, vectors[i].algorithm, span_of(vectors[i].domain, vectors[i].len), &key);
        assert_hex_equal(key.private_key, 32, vectors[i].key);
        assert_hex_equal(key.public_key, key.public_key_len, vectors[i].public_key);
    }
}

static void the_published_signature(void **state)
{
    struct app_key key;

    get(*state, APP_KEY_SECP256K1, span_text("storage-encryption"), &key);
    assert_hex_equal(key.signature, 65,
                     "5b6193729ce7976ec67863f21692d4b98c69832698aae8e001a7d33a6f818b6e"
                     "46ca950725b6e90e8ca9bcf394abd03ce264bf9b7eec1e91693247f9dd53c26901");
}

/* The claim, byte by byte. */
static void the_signature_is_the_app_keys_over_the_claim(void **state)
{
    static const char claim[] = "\0\0\0\x19"
                                "dstack-guest-v1-key-claim"
                                "\0\0\0\x07"
                                "ed25519"
                                "\0\0\0\x03"
                                "a\0b"
                                "\0\0\0\x20";
    const struct keyring_fixture *fixture = *state;
    struct bytes parts[] = {{claim, sizeof claim - 1}, {NULL, 32}};
    uint8_t digest[32], app_public[33], recovered[33];
    struct app_key key;

    get(fixture, APP_KEY_ED25519, span_of("a\0b", 3), &key);
    parts[1].data = key.public_key;
    hash_parts(HASH_KECCAK256, parts, 2, digest);
    recover_signer(digest, key.signature, recovered);
    assert_int_equal(k256_public_key(fixture->k256, fixture->keys.k256_key, app_public), 0);
    assert_memory_equal(recovered, app_public, 33);
}

static void what_is_kept_is_what_was_derived(void **state)
{
    static const char *const domains[] = {"", "a", "ab", "domain", "path"};
    struct app_key keys[5][2], again;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++) {
            for (int algorithm = 0; algorithm < 2; algorithm++) {
                get(*state, (enum app_key_algorithm)algorithm, span_text(domains[i]), &again);
                if (round == 0)
                    keys[i][algorithm] = again;
                assert_memory_equal(again.private_key, keys[i][algorithm].private_key, 32);
                assert_memory_equal(again.signature, keys[i][algorithm].signature, 65);
            }
            assert_memory_not_equal(keys[i][0].private_key, keys[i][1].private_key, 32);
        }
    }
}

static void a_long_domain_is_a_domain(void **state)
{
    static char domain[100000];
    struct app_key key, other;

    memset(domain, 'd', sizeof domain);
    get(*state, APP_KEY_SECP256K1, span_of(domain, sizeof domain), &key);
    get(*state, APP_KEY_SECP256K1, span_of(domain, sizeof domain - 1), &other);
    assert_memory_not_equal(key.private_key, other.private_key, 32);
}

static void there_are_two_algorithms_and_no_default(void **state)
{
    static const char *const refused[][2] = {
        {"", "algorithm is required, use `secp256k1` or `ed25519`"},
        {"k256", "unsupported algorithm `k256`, use `secp256k1` or `ed25519`"},
        {"secp256k1_prehashed", "unsupported algorithm `secp256k1_prehashed`, use `secp256k1` or `ed25519`"},
        {"SECP256K1", "unsupported algorithm `SECP256K1`, use `secp256k1` or `ed25519`"},
        {"ed25519 ", "unsupported algorithm `ed25519 `, use `secp256k1` or `ed25519`"},
        {"rsa", "unsupported algorithm `rsa`, use `secp256k1` or `ed25519`"},
    };
    struct error error = {.kind = ERROR_NONE};
    enum app_key_algorithm algorithm;

    (void)state;
    assert_int_equal(domain_key_algorithm("secp256k1", &algorithm, &error), 0);
    assert_int_equal(algorithm, APP_KEY_SECP256K1);
    assert_int_equal(domain_key_algorithm("ed25519", &algorithm, &error), 0);
    assert_int_equal(algorithm, APP_KEY_ED25519);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        error.kind = ERROR_NONE;
        assert_int_equal(domain_key_algorithm(refused[i][0], &algorithm, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_string_equal(error.text, refused[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYRING_TEST(the_published_vectors),
        KEYRING_TEST(the_published_signature),
        KEYRING_TEST(the_signature_is_the_app_keys_over_the_claim),
        KEYRING_TEST(what_is_kept_is_what_was_derived),
        KEYRING_TEST(a_long_domain_is_a_domain),
        KEYRING_TEST(there_are_two_algorithms_and_no_default),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
