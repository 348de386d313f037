#include "crypto/hash.h"
#include "sim/app/docker_compose.h"
#include "test/unit/vectors.h"

static const char file[] = "services:\n  web:\n    image: \"gr\xc3\xb6\xc3\x9f"
                           "e\\\"x\"\n\ttab";

/* What the Python SDK's get_compose_hash gives for the same description. */
static void hashes_as_the_sdks_do(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    uint8_t digest[32];
    size_t len;
    char *text = docker_compose_wrap("n\xc3\xa4me", span_text(file), &len, &error);

    (void)state;
    assert_non_null(text);
    hash_sha256(text, len, digest);
    assert_hex_equal(digest, 32, "e3457c17811d374a74f1cd82cf407df29f45fefc9ea16f7ca188223d6531156c");
    free(text);
}

static void sorts_its_keys_and_keeps_the_file(void **state)
{
    static const char expected[] =
        "{\"allowed_envs\":[],\"docker_compose_file\":\"services: {}\\n\",\"gateway_enabled\":false,"
        "\"key_provider_id\":\"\",\"kms_enabled\":true,\"local_key_provider_enabled\":false,\"manifest_"
        "version\":2,"
        "\"name\":\"a\",\"no_instance_id\":false,\"public_logs\":true,\"public_sysinfo\":true,"
        "\"public_tcbinfo\":true,\"runner\":\"docker-compose\",\"secure_time\":false}";
    struct error error = {.kind = ERROR_NONE};
    size_t len;
    char *text = docker_compose_wrap("a", span_text("services: {}\n"), &len, &error);

    (void)state;
    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(expected));
    free(text);
}

static void control_characters_are_written_as_the_sdks_do(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    size_t len;
    char *text = docker_compose_wrap("a", span_text("\x01\x1f\x7f\f \\u001F \\"), &len, &error);

    (void)state;
    assert_non_null(strstr(text, "\"docker_compose_file\":\"\\u0001\\u001f\x7f\\f \\\\u001F \\\\\","));
    free(text);
}

static void refuses_what_is_no_text(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    size_t len;

    (void)state;
    assert_null(docker_compose_wrap("a", span_text("\xff"), &len, &error));
    assert_non_null(strstr(error.text, "UTF-8"));
    error = (struct error){.kind = ERROR_NONE};
    assert_null(docker_compose_wrap("a", span_of("a: \0b", 5), &len, &error));
    assert_non_null(strstr(error.text, "without U+0000"));
    error = (struct error){.kind = ERROR_NONE};
    assert_null(docker_compose_wrap("\xff", span_text("x"), &len, &error));
    assert_non_null(strstr(error.text, "UTF-8"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_the_sdks_do),
        cmocka_unit_test(sorts_its_keys_and_keeps_the_file),
        cmocka_unit_test(control_characters_are_written_as_the_sdks_do),
        cmocka_unit_test(refuses_what_is_no_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
