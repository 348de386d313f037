/* The environment as the SDKs encrypt it: sealed here with nettle for the app's key. */
#include <nettle/gcm.h>

#include "crypto/x25519.h"
#include "sim/app/encrypted_env.h"
#include "test/unit/td_fixture.h"

static struct td *new_td(void)
{
    struct td_config config;

    td_config_init(&config);
    config.app_compose = span_text("{\"kms_enabled\":true,\"allowed_envs\":[\"A\",\"B_2\",\"bad name\"]}");
    return td_fixture_cluster(NULL, &config)->first;
}

static struct span seal(const struct td *td, const char *plain, struct arena *arena)
{
    static const uint8_t ephemeral[32] = {42}, iv[12] = {7};
    struct gcm_aes256_ctx context;
    uint8_t public_key[32], shared[32];
    size_t len = strlen(plain);
    uint8_t *box = arena_alloc(arena, 32 + 12 + len + 16);

    x25519_public_key(td->keys.env_key, public_key);
    assert_int_equal(x25519_shared(ephemeral, public_key, shared), 0);
    x25519_public_key(ephemeral, box);
    memcpy(box + 32, iv, sizeof iv);
    gcm_aes256_set_key(&context, shared);
    gcm_aes256_set_iv(&context, sizeof iv, iv);
    gcm_aes256_encrypt(&context, len, box + 44, (const uint8_t *)plain);
    gcm_aes256_digest(&context, 16, box + 44 + len);
    return span_of(box, 32 + 12 + len + 16);
}

static void opens_what_was_sealed_for_the_app(void **state)
{
    struct td *td = new_td();
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct env env;
    struct buf lines;

    (void)state;
    arena_init(&arena);
    buf_init(&lines, SIZE_MAX);
    assert_int_equal(
        td_env_decrypt(&td->env,
                       seal(td,
                            "{\"env\":[{\"key\":\"A\",\"value\":\"it's\"},{\"key\":\"B_2\",\"value\":\"\"}]}",
                            &arena),
                       &arena, &env, &error),
        0);
    assert_int_equal(env.count, 2);
    env_write_shell(&env, &lines);
    assert_true(span_is(buf_span(&lines), "export A='it'\\''s'\nexport B_2=''\n"));
    buf_free(&lines);
    arena_free(&arena);
    td_fixture_free(td);
}

static void drops_what_is_not_allowed(void **state)
{
    struct td *td = new_td();
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct env env;

    (void)state;
    arena_init(&arena);
    assert_int_equal(td_env_decrypt(&td->env,
                                    seal(td,
                                         "{\"env\":[{\"key\":\"C\",\"value\":\"1\"},"
                                         "{\"key\":\"A\",\"value\":\"2\"}]}",
                                         &arena),
                                    &arena, &env, &error),
                     0);
    assert_int_equal(env.count, 1);
    assert_string_equal(env.vars[0].key, "A");
    assert_int_equal(env.dropped_count, 1);
    assert_string_equal(env.dropped[0], "C");
    arena_free(&arena);
    td_fixture_free(td);
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *plain, *expected;
    } cases[] = {
        {"{}", "the member env is missing"},
        {"{\"env\":1}", "env must be an array"},
        {"{\"env\":[1]}", "element 1: must be an object"},
        {"{\"env\":[{\"key\":\"A\"}]}", "the member value is missing"},
        {"{\"env\":[{\"key\":\"bad name\",\"value\":\"\"}]}",
         "is not a valid variable name: use letters, digits and _, no digit first"},
        {"{\"env\":[{\"key\":\"\",\"value\":\"\"}]}",
         "is not a valid variable name: use letters, digits and _, no digit first"},
        {"{\"env\":[{\"key\":\"2A\",\"value\":\"\"}]}",
         "is not a valid variable name: use letters, digits and _, no digit first"},
        {"nonsense", "not valid JSON"},
    };
    struct td *td = new_td();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct arena arena;
        struct env env;

        arena_init(&arena);
        assert_int_equal(td_env_decrypt(&td->env, seal(td, cases[i].plain, &arena), &arena, &env, &error),
                         -1);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].plain, error.text);
        arena_free(&arena);
    }
    td_fixture_free(td);
}

static void every_cut_and_every_change_is_refused(void **state)
{
    struct td *td = new_td();
    struct arena arena;
    struct span box;
    struct env env;

    (void)state;
    arena_init(&arena);
    box = seal(td, "{\"env\":[]}", &arena);
    for (size_t len = 0; len < box.len; len++) {
        struct error error = {.kind = ERROR_NONE};
        uint8_t *changed = (uint8_t *)arena_copy(&arena, box.data, box.len);

        assert_int_equal(
            td_env_decrypt(&td->env, span_of(arena_copy(&arena, box.data, len), len), &arena, &env, &error),
            -1);
        changed[len] ^= 1;
        assert_int_equal(td_env_decrypt(&td->env, span_of(changed, box.len), &arena, &env, &error), -1);
    }
    arena_free(&arena);
    td_fixture_free(td);
}

static void says_when_there_is_too_little(void **state)
{
    static const uint8_t zeros[60];
    static const struct {
        size_t len;
        const char *expected;
    } cases[] = {
        {0, "no environment was given; pass encrypted_env or start with --encrypted-env"},
        {1, "the encrypted environment is truncated: expected at least 60 bytes (key, IV and tag), not 1"},
        {59, "the encrypted environment is truncated: expected at least 60 bytes (key, IV and tag), not 59"},
        {60, "the encrypted environment cannot be decrypted: "},
    };
    struct td *td = new_td();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct arena arena;
        struct env env;

        arena_init(&arena);
        assert_int_equal(td_env_decrypt(&td->env, span_of(zeros, cases[i].len), &arena, &env, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_memory_equal(error.text, cases[i].expected, strlen(cases[i].expected));
        arena_free(&arena);
    }
    td_fixture_free(td);
}

static void files_are_hex_or_bytes(void **state)
{
    static const uint8_t bytes[] = {0xab, 0xcd};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_true(span_equal(encrypted_env_from_file(span_text(" 0xABcd\n"), &arena), span_of(bytes, 2)));
    assert_true(span_equal(encrypted_env_from_file(span_of(bytes, 2), &arena), span_of(bytes, 2)));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_was_sealed_for_the_app),
        cmocka_unit_test(drops_what_is_not_allowed),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(every_cut_and_every_change_is_refused),
        cmocka_unit_test(says_when_there_is_too_little),
        cmocka_unit_test(files_are_hex_or_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
