/* What is found again, and under which name. */
#include <stdio.h>

#include "test/unit/keyring_fixture.h"

static struct app_key_cache_name name_of(uint8_t kind, const char *first, const char *second)
{
    const struct bytes parts[] = {{first, strlen(first)}, {second, strlen(second)}};
    struct app_key_cache_name name;

    app_key_cache_name_init(&name, kind, parts, 2);
    return name;
}

static void a_key_is_found_by_its_name_only(void **state)
{
    static const struct {
        uint8_t kind;
        const char *first, *second;
    } others[] = {{1, "ab", "c"}, {0, "a", "bc"}, {0, "abc", ""}, {0, "", "abc"}, {0, "ab", "d"}};
    const struct keyring_fixture *fixture = *state;
    struct app_key_cache *cache = fixture->keyring.cache;
    const struct app_key_cache_name name = name_of(0, "ab", "c");
    struct app_key key = {.public_key_len = 33}, found = {.public_key_len = 0};

    assert_false(app_key_cache_find(cache, &name, &found));
    app_key_cache_add(cache, &name, &key);
    assert_true(app_key_cache_find(cache, &name, &found));
    assert_memory_equal(&found, &key, sizeof key);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct app_key_cache_name other = name_of(others[i].kind, others[i].first, others[i].second);

        assert_false(app_key_cache_find(cache, &other, &found));
    }
}

static void a_long_name_is_not_kept(void **state)
{
    const struct keyring_fixture *fixture = *state;
    char text[APP_KEY_CACHE_NAME_BYTES_MAX + 2];
    struct app_key key = {.public_key_len = 33}, found;

    for (size_t len = APP_KEY_CACHE_NAME_BYTES_MAX - 8; len < sizeof text; len++) {
        struct app_key_cache_name name;

        memset(text, 'a', len);
        text[len] = '\0';
        name = name_of(0, text, "");
        app_key_cache_add(fixture->keyring.cache, &name, &key);
        assert_int_equal(app_key_cache_find(fixture->keyring.cache, &name, &found), name.len > 0);
        assert_int_equal(name.len > 0, len + 3 <= APP_KEY_CACHE_NAME_BYTES_MAX);
    }
}

/* Of few keys none takes another's place. */
static void those_of_an_app_are_kept_together(void **state)
{
    enum { KEYS = 32 };
    const struct keyring_fixture *fixture = *state;
    struct app_key key = {.public_key_len = 33}, found;
    struct app_key_cache_name name;
    char path[16];

    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(path, sizeof path, "%08x", i * 0x9e3779b9);
        name = name_of(0, path, "ethereum");
        key.private_key[0] = (uint8_t)i;
        app_key_cache_add(fixture->keyring.cache, &name, &key);
    }
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(path, sizeof path, "%08x", i * 0x9e3779b9);
        name = name_of(0, path, "ethereum");
        if (!app_key_cache_find(fixture->keyring.cache, &name, &found) || found.private_key[0] != i)
            fail_msg("%s is not kept", path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYRING_TEST(a_key_is_found_by_its_name_only),
        KEYRING_TEST(a_long_name_is_not_kept),
        KEYRING_TEST(those_of_an_app_are_kept_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
