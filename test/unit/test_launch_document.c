/* The document of a launch: what a host writes, and what a guest refuses. */
#include "sim/td/launch_document.h"

#include "test/unit/vectors.h"

#define PLAIN "{\"kms_enabled\":true}"
#define FULL                                                                                                 \
    "{\"manifest_version\":\"3\",\"key_provider\":\"local\",\"key_provider_id\":\"0a0b\","                   \
    "\"init_script\":[\"one\",\"\"],\"requirements\":{\"gpu_policy\":{\"b\":1, \"a\":true}}}"
#define FULL_SCRIPTS /* SHA-256 of "one" and of nothing */                                                   \
    "[\"7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed\","                                 \
    "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]"
#define FULL_POLICY                                                                                          \
    "a3f44886ecd0b8667b0c6a4652d41e1f9e8205fb8d35d299fd20577f5268adb6" /* SHA-256 of {"a":true,"b":1} */
#define APP_ID "1111111111111111111111111111111111111111"
#define INSTANCE_ID "2222222222222222222222222222222222222222"
#define COMPOSE_HASH "3333333333333333333333333333333333333333333333333333333333333333"
#define REQUIRED "\"compose_hash\":\"" COMPOSE_HASH "\",\"key_provider\":\"local\""

struct launch {
    struct app app;
    struct identity identity;
};

static void prepare(struct launch *launch, const char *compose)
{
    struct error error = {.kind = ERROR_NONE};
    struct identity *identity = &launch->identity;

    memset(launch, 0, sizeof *launch);
    if (app_parse(&launch->app, span_text(compose), &error))
        fail_msg("%s", error.text);
    memset(identity->app_id, 0x11, sizeof identity->app_id);
    memset(identity->instance_id, 0x22, sizeof identity->instance_id);
    identity->instance_id_len = launch->app.says.no_instance_id ? 0 : sizeof identity->instance_id;
    memset(identity->compose_hash, 0x33, sizeof identity->compose_hash);
    memcpy(identity->key_provider_id, "\x0a\x0b", 2);
    identity->key_provider_id_len = 2;
}

static void assert_written(const char *compose, const char *expected)
{
    struct launch launch;
    struct buf out;

    prepare(&launch, compose);
    buf_init(&out, SIZE_MAX);
    launch_document_write(&launch.app, &launch.identity, &out);
    buf_append_byte(&out, '\0');
    assert_string_equal((const char *)out.data, expected);
    buf_free(&out);
    app_free(&launch.app);
}

static void a_host_writes_what_the_app_has(void **state)
{
    (void)state;
    assert_written(PLAIN, "{\"app_id\":\"" APP_ID "\",\"compose_hash\":\"" COMPOSE_HASH
                          "\",\"instance_id\":\"" INSTANCE_ID "\",\"key_provider\":\"kms\",\"version\":3}");
    assert_written("{\"no_instance_id\":true,\"init_script\":\"one\"}",
                   "{\"app_id\":\"" APP_ID "\",\"compose_hash\":\"" COMPOSE_HASH
                   "\",\"key_provider\":\"none\",\"version\":3}");
    assert_written(FULL, "{\"app_id\":\"" APP_ID "\",\"compose_hash\":\"" COMPOSE_HASH
                         "\",\"init_script_hashes\":" FULL_SCRIPTS ",\"instance_id\":\"" INSTANCE_ID
                         "\",\"key_provider\":\"local\",\"key_provider_id\":\"0a0b\",\"version\":3}");
}

static void a_guest_accepts_its_own_launch(void **state)
{
    static const char *const documents[] = {
        "{\"compose_hash\":\"" COMPOSE_HASH "\",\"key_provider\":\"local\"}",
        "{\"version\":3," REQUIRED ",\"app_id\":null}",
        "{\"key_provider_id\":\"0A0B\"," REQUIRED "}",
        "{\"gpu_policy_hash\":\"" FULL_POLICY "\",\"init_script_hashes\":" FULL_SCRIPTS
        ",\"instance_id\":\"" INSTANCE_ID "\",\"app_id\":\"" APP_ID "\"," REQUIRED "}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct launch launch;

        prepare(&launch, FULL);
        if (launch_document_check(&launch.app, &launch.identity, span_text(documents[i]), &error))
            fail_msg("%s: %s", documents[i], error.text);
        app_free(&launch.app);
    }
}

static void a_guest_refuses_another_one(void **state)
{
    static const struct {
        const char *document, *expected;
    } cases[] = {
        {"", "not valid JSON"},
        {"[]", "must be a JSON object"},
        {"{}", "compose_hash is missing"},
        {"{\"compose_hash\":\"" COMPOSE_HASH "\"}", "key_provider is missing"},
        {"{\"compose_hash\":\"00\",\"key_provider\":\"local\"}", "compose_hash must be \"3333"},
        {"{\"compose_hash\":\"" COMPOSE_HASH "\",\"key_provider\":\"kms\"}",
         "key_provider must be \"local\""},
        {"{\"compose_hash\":\"" COMPOSE_HASH "\",\"key_provider\":\"LOCAL\"}",
         "key_provider must be \"local\""},
        {"{" REQUIRED ",\"version\":2}", "version must be 3"},
        {"{" REQUIRED ",\"version\":\"3\"}", "version must be 3"},
        {"{" REQUIRED ",\"app_id\":\"\"}", "app_id must be \"" APP_ID "\""},
        {"{" REQUIRED ",\"instance_id\":\"" APP_ID "\"}", "instance_id must be \"" INSTANCE_ID "\""},
        {"{" REQUIRED ",\"key_provider_id\":\"0a\"}", "key_provider_id must be \"0a0b\""},
        {"{" REQUIRED ",\"init_script_hashes\":[]}", "init_script_hashes must be " FULL_SCRIPTS},
        {"{" REQUIRED ",\"init_script_hashes\":\"\"}", "init_script_hashes must be [\""},
        {"{" REQUIRED ",\"gpu_policy_hash\":\"00\"}", "gpu_policy_hash must be \"" FULL_POLICY "\""},
        {"{" REQUIRED ",\"gpus\":0}", "the member \"gpus\" is unknown"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct launch launch;

        prepare(&launch, FULL);
        assert_int_equal(
            launch_document_check(&launch.app, &launch.identity, span_text(cases[i].document), &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].document, error.text);
        app_free(&launch.app);
    }
}

static void without_an_instance_id_none_is_expected(void **state)
{
    static const char none[] = "{" REQUIRED ",\"instance_id\":\"\"}";
    struct error error = {.kind = ERROR_NONE};
    struct launch launch;

    (void)state;
    prepare(&launch, "{\"key_provider\":\"local\",\"no_instance_id\":true}");
    assert_int_equal(launch_document_check(&launch.app, &launch.identity, span_text(none), &error), 0);
    app_free(&launch.app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_writes_what_the_app_has),
        cmocka_unit_test(a_guest_accepts_its_own_launch),
        cmocka_unit_test(a_guest_refuses_another_one),
        cmocka_unit_test(without_an_instance_id_none_is_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
