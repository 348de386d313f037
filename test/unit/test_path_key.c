/* Keys by path: a running agent's answers, and a cache that no caller can see. */
#include "sim/keys/path_key.h"

#include "test/unit/keyring_fixture.h"
#include "test/unit/td_fixture.h"

static void get(struct td *td, enum app_key_algorithm algorithm, const char *path, const char *purpose,
                struct app_key *key)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(path_key_get(&td->keyring, algorithm, path, purpose, key, &error), 0);
}

static const char key_a[] = "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94";

static void the_keys_of_a_running_agent(void **state)
{
    struct app_key key;

    get(*state, APP_KEY_SECP256K1, "a", "p", &key);
    assert_hex_equal(key.private_key, 32, key_a);
    assert_int_equal(key.public_key_len, 33);
    assert_hex_equal(key.signature, 65,
                     "309ff997a26732d345f0dadbf5bf88acaea7dbb4c8c1e44eb4085c749fac5223"
                     "1e63eeeaec41fd488025e6e785d011720d7f81ee17cb4d0a76239528e2656ba900");
    get(*state, APP_KEY_ED25519, "a", "p", &key);
    assert_hex_equal(key.private_key, 32, key_a);
    assert_int_equal(key.public_key_len, 32);
    assert_hex_equal(key.signature, 65,
                     "3885c585c91a7f6053c00bc2962ddb9218e466cf86224d2de32c5bb114e2cccf"
                     "555940fa9c27c0377353ece357182ef9b766ebe75c6eacc02b895303cb710c6700");
    get(*state, APP_KEY_SECP256K1, "/", "", &key);
    assert_hex_equal(key.private_key, 32, "f6c1ed94488394d78e0a4e5ab75d62e9f085d73b0b555d0614fb90ca13d9464d");
    assert_hex_equal(key.signature, 65,
                     "8e153f3e5d4e3088d5262b678539982fbca279544aaada030aaad07af77b3150"
                     "5d094508161e3dd55feafe648eb4f718ab06169d9704faf8baee339b3f50310900");
}

static void the_published_vector(void **state)
{
    const struct keyring_fixture *fixture = *state;
    struct error error = {.kind = ERROR_NONE};
    struct app_key key;

    assert_int_equal(path_key_get(&fixture->keyring, APP_KEY_SECP256K1, "test", "signing", &key, &error), 0);
    assert_hex_equal(key.signature, 65,
                     "c8a3dcf06c4e95bd78a5d7a1c8fcff171fc5848cfae804c6fc11bda4dc5d4062"
                     "379995390843827444992c4c0e4bac70f0f878e01b9fc8b98cd7126fe5a3876b01");
}

static void purpose_changes_the_signature_alone(void **state)
{
    struct app_key key, other, again;

    get(*state, APP_KEY_SECP256K1, "a", "p", &key);
    get(*state, APP_KEY_SECP256K1, "a", "q", &other);
    assert_memory_equal(key.private_key, other.private_key, 32);
    assert_memory_equal(key.public_key, other.public_key, 33);
    assert_memory_not_equal(key.signature, other.signature, 65);
    for (int i = 0; i < 8; i++) {
        get(*state, APP_KEY_SECP256K1, "a", i / 2 % 2 ? "q" : "p", &again);
        assert_memory_equal(again.signature, i / 2 % 2 ? other.signature : key.signature, 65);
    }
}

/* Longer than what the cache keeps. */
static void a_long_path_is_a_path(void **state)
{
    static char path[301];
    struct app_key key, again;

    memset(path, 'p', sizeof path - 1);
    get(*state, APP_KEY_SECP256K1, path, "", &key);
    assert_hex_equal(key.private_key, 32, "6e673c2fa62b5153ece7ff47698a51568a88b2d56244a2ec25fef3ea9b694a42");
    assert_hex_equal(key.signature, 65,
                     "76513da57470d0fab3c7d3ef9428d49910cda3a1872b135832a5b5fbf29e0ee8"
                     "537f9178b146cfbd485b2651b899c36448b1528c29cbbbe74ec760fb8b7b8e3701");
    get(*state, APP_KEY_SECP256K1, path, "", &again);
    assert_memory_equal(key.private_key, again.private_key, 32);
    assert_memory_equal(key.signature, again.signature, 65);
}

static void every_length_gives_the_same_twice(void **state)
{
    for (size_t len = 100; len < 130; len++) {
        char path[131], purpose[131];
        struct app_key key, again;

        memset(path, 'a', len);
        path[len] = '\0';
        memcpy(purpose, path, len + 1);
        get(*state, APP_KEY_ED25519, path, "", &key);
        get(*state, APP_KEY_ED25519, path, "", &again);
        assert_memory_equal(key.signature, again.signature, 65);
        get(*state, APP_KEY_ED25519, "", purpose, &key);
        get(*state, APP_KEY_ED25519, "", purpose, &again);
        assert_memory_equal(key.signature, again.signature, 65);
    }
}

static void names_do_not_run_into_each_other(void **state)
{
    static const char *const names[][2] = {{"ab", ""}, {"a", "b"}, {"", "ab"}, {"ab", "ab"}, {"", ""}};
    enum { COUNT = sizeof names / sizeof *names };
    struct app_key keys[COUNT];

    for (int i = 0; i < COUNT; i++) {
        get(*state, APP_KEY_SECP256K1, names[i][0], names[i][1], &keys[i]);
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(keys[i].signature, keys[j].signature, 65);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_keys_of_a_running_agent, td_setup, td_teardown),
        KEYRING_TEST(the_published_vector),
        cmocka_unit_test_setup_teardown(purpose_changes_the_signature_alone, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_long_path_is_a_path, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(every_length_gives_the_same_twice, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(names_do_not_run_into_each_other, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
