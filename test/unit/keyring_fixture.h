/* A keyring over one app key. */
#ifndef TEST_KEYRING_FIXTURE_H
#define TEST_KEYRING_FIXTURE_H

#include "sim/keys/app_key_cache.h"
#include "test/unit/vectors.h"

struct keyring_fixture {
    struct app_keys keys;
    struct k256 *k256;
    struct keyring keyring;
};

/* The app key of dstack's own vectors. */
#define KEYRING_FIXTURE_KEY "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b"

static inline int keyring_setup(void **state)
{
    struct keyring_fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    from_hex(KEYRING_FIXTURE_KEY, fixture->keys.k256_key, 32);
    fixture->k256 = k256_new();
    fixture->keyring = (struct keyring){fixture->k256, &fixture->keys, app_key_cache_new()};
    *state = fixture;
    return 0;
}

static inline int keyring_teardown(void **state)
{
    struct keyring_fixture *fixture = *state;

    app_key_cache_free(fixture->keyring.cache);
    k256_free(fixture->k256);
    free(fixture);
    return 0;
}

#define KEYRING_TEST(test) cmocka_unit_test_setup_teardown(test, keyring_setup, keyring_teardown)

#endif
