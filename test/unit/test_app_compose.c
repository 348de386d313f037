/* What an app-compose.json asks for: every member, its default, and what is refused. */
#include "sim/app/app_compose.h"
#include "sim/app/app_compose_members.h"

#include "test/unit/vectors.h"

static struct app_compose compose;

static void parse(const char *text)
{
    struct error error = {.kind = ERROR_NONE};

    if (app_compose_parse(&compose, span_text(text), &error))
        fail_msg("%s: %s", text, error.text);
}

static void an_empty_object_has_the_defaults(void **state)
{
    (void)state;
    parse("{}");
    assert_int_equal(compose.manifest_version, 2);
    assert_false(compose.is_manifest_text);
    assert_string_equal(compose.name, "");
    assert_null(compose.runner);
    assert_null(compose.docker_compose_file);
    assert_string_equal(compose.storage_fs, "zfs");
    assert_int_equal(compose.allowed_env_count, 0);
    assert_false(compose.no_instance_id);
    assert_false(compose.public_logs);
    assert_false(compose.public_sysinfo);
    assert_true(compose.public_tcbinfo);
    assert_int_equal(compose.key_provider, APP_KEY_PROVIDER_NONE);
    assert_int_equal(compose.key_provider_id_len, 0);
    assert_int_equal(compose.init_script_count, 0);
    assert_int_equal(compose.event_log_version, 1);
    assert_null(compose.requirements);
    assert_null(compose.gpu_policy);
    assert_int_equal(compose.unknown_count, 0);
    app_compose_free(&compose);
}

static void every_member_is_read(void **state)
{
    (void)state;
    parse(
        "{\"manifest_version\":\"3\",\"name\":\"x\",\"runner\":\"bash\",\"docker_compose_file\":\"services: "
        "{}\","
        "\"storage_fs\":\"ext4\",\"allowed_envs\":[\"A\",\"B\"],\"no_instance_id\":true,\"public_logs\":true,"
        "\"public_sysinfo\":true,\"public_tcbinfo\":false,\"key_provider\":\"tpm\",\"key_provider_id\":"
        "\"0a0B\","
        "\"init_script\":[\"one\",\"two\"],\"event_log_version\":2,"
        "\"requirements\":{\"platforms\":[],\"gpu_policy\":{ \"b\":1.50, \"a\":null}}}");
    assert_int_equal(compose.manifest_version, 3);
    assert_true(compose.is_manifest_text);
    assert_string_equal(compose.name, "x");
    assert_string_equal(compose.runner, "bash");
    assert_string_equal(compose.docker_compose_file, "services: {}");
    assert_string_equal(compose.storage_fs, "ext4");
    assert_int_equal(compose.allowed_env_count, 2);
    assert_string_equal(compose.allowed_envs[1], "B");
    assert_true(compose.no_instance_id && compose.public_logs && compose.public_sysinfo);
    assert_false(compose.public_tcbinfo);
    assert_int_equal(compose.key_provider, APP_KEY_PROVIDER_TPM);
    assert_int_equal(compose.key_provider_id_len, 2);
    assert_memory_equal(compose.key_provider_id, "\x0a\x0b", 2);
    assert_int_equal(compose.init_script_count, 2);
    assert_string_equal(compose.init_scripts[1], "two");
    assert_int_equal(compose.event_log_version, 2);
    assert_string_equal(compose.requirements, "{\"gpu_policy\":{\"a\":null,\"b\":1.5},\"platforms\":[]}");
    assert_string_equal(compose.gpu_policy, "{\"a\":null,\"b\":1.5}");
    app_compose_free(&compose);
}

static void key_providers_are_named_or_follow_the_flags(void **state)
{
    static const struct {
        const char *text;
        enum app_key_provider expected;
    } cases[] = {
        {"{\"kms_enabled\":true}", APP_KEY_PROVIDER_KMS},
        {"{\"local_key_provider_enabled\":true}", APP_KEY_PROVIDER_LOCAL},
        {"{\"local_key_provider_enabled\":true,\"kms_enabled\":true}", APP_KEY_PROVIDER_KMS},
        {"{\"kms_enabled\":false}", APP_KEY_PROVIDER_NONE},
        {"{\"kms_enabled\":true,\"key_provider\":null}", APP_KEY_PROVIDER_KMS},
        {"{\"kms_enabled\":true,\"key_provider\":\"none\"}", APP_KEY_PROVIDER_NONE},
        {"{\"key_provider\":\"kms\"}", APP_KEY_PROVIDER_KMS},
        {"{\"key_provider\":\"local\",\"kms_enabled\":true}", APP_KEY_PROVIDER_LOCAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parse(cases[i].text);
        if (compose.key_provider != cases[i].expected)
            fail_msg("%s: %s", cases[i].text, app_compose_provider_name(compose.key_provider));
        app_compose_free(&compose);
    }
}

static void one_script_is_a_list_of_one_and_null_policy_a_policy(void **state)
{
    (void)state;
    parse("{\"init_script\":\"echo\",\"requirements\":{\"gpu_policy\":null}}");
    assert_int_equal(compose.init_script_count, 1);
    assert_string_equal(compose.init_scripts[0], "echo");
    assert_string_equal(compose.gpu_policy, "null");
    app_compose_free(&compose);
    parse("{\"init_script\":null,\"requirements\":null,\"storage_fs\":null,\"docker_compose_file\":null,"
          "\"verity_volumes\":[]}");
    assert_int_equal(compose.init_script_count, 0);
    assert_null(compose.requirements);
    assert_string_equal(compose.storage_fs, "zfs");
    app_compose_free(&compose);
}

static void wrong_types_and_values_are_refused_by_name(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "not valid JSON"},
        {"[]", "must be a JSON object"},
        {"{\"manifest_version\":3}", "manifest_version must be the number 1 or 2, or a string such as \"3\""},
        {"{\"manifest_version\":2.0}", "manifest_version must be the number 1 or 2"},
        {"{\"manifest_version\":\"03\"}", "manifest_version is \"03\""},
        {"{\"manifest_version\":\"0\"}", "manifest_version is \"0\""},
        {"{\"manifest_version\":\"-3\"}", "manifest_version is \"-3\""},
        {"{\"manifest_version\":\"+3\"}", "manifest_version is \"+3\""},
        {"{\"manifest_version\":\"\"}", "manifest_version is \"\""},
        {"{\"manifest_version\":\"99999999999999999999\"}", "manifest_version is \"9999"},
        {"{\"manifest_version\":null}", "manifest_version must be"},
        {"{\"name\":1}", "name must be a string"},
        {"{\"runner\":null}", "runner must be a string"},
        {"{\"docker_compose_file\":{}}", "docker_compose_file must be a string"},
        {"{\"allowed_envs\":\"A\"}", "allowed_envs must be an array of strings"},
        {"{\"allowed_envs\":[\"A\",1]}", "allowed_envs must contain only strings"},
        {"{\"no_instance_id\":\"true\"}", "no_instance_id must be true or false"},
        {"{\"kms_enabled\":1}", "kms_enabled must be true or false"},
        {"{\"key_provider\":\"KMS\"}", "key_provider is \"KMS\"; it must be kms, local, tpm or none"},
        {"{\"key_provider\":true}", "key_provider must be a string"},
        {"{\"key_provider_id\":\"xy\"}", "key_provider_id must be hex"},
        {"{\"key_provider_id\":[]}", "key_provider_id must be a string"},
        {"{\"storage_fs\":\"xfs\"}", "storage_fs is \"xfs\"; it must be zfs or ext4"},
        {"{\"init_script\":1}", "init_script must be a string or an array of at most 5 strings"},
        {"{\"init_script\":[1]}", "init_script must contain only strings"},
        {"{\"init_script\":[\"\",\"\",\"\",\"\",\"\",\"\"]}", "init_script has 6 scripts; at most 5"},
        {"{\"event_log_version\":3}", "event_log_version must be 1 or 2"},
        {"{\"event_log_version\":\"2\"}", "event_log_version must be 1 or 2"},
        {"{\"requirements\":[]}", "requirements must be an object"},
        {"{\"swap_size\":-1}", "swap_size must be a number of bytes or a string"},
        {"{\"snapshotter\":\"zfs\"}", "snapshotter is \"zfs\"; it must be overlayfs or stargz"},
        {"{\"secure_time\":null}", "secure_time must be true or false"},
        {"{\"port_policy\":[]}", "port_policy must be an object"},
        {"{\"verity_volumes\":{}}", "verity_volumes must be an array"},
        {"{\"name\":\"a\",\"name\":\"b\"}", "duplicate"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(app_compose_parse(&compose, span_text(cases[i].text), &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].text, error.text);
        assert_null(compose.name);
    }
}

/* Which jansson would take: no member is left that is not known. */
static void numbers_have_an_end(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    char text[2000];

    (void)state;
    memset(text, '1', sizeof text);
    memcpy(text, "{\"zzz\":1.", 9);
    text[sizeof text - 1] = '}';
    assert_int_equal(app_compose_parse(&compose, span_of(text, sizeof text), &error), -1);
    assert_non_null(strstr(error.text, "a number has more than 1024 characters (line 1, column 2000)"));
}

static void unknown_members_are_listed_with_their_nearest(void **state)
{
    (void)state;
    parse("{\"no_instance_idd\":true,\"zzzzzz\":1,\"secure_time\":false,\"salt\":\"1\"}");
    assert_int_equal(compose.unknown_count, 3);
    assert_string_equal(compose.unknown[0], "no_instance_idd");
    assert_string_equal(app_compose_members_nearest("no_instance_idd"), "no_instance_id");
    assert_null(app_compose_members_nearest("zzzzzz"));
    assert_false(compose.no_instance_id);
    app_compose_free(&compose);
    parse("{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1}");
    assert_int_equal(compose.unknown_count, APP_COMPOSE_UNKNOWN_MAX);
    app_compose_free(&compose);
}

static void members_are_in_order_and_say_whether_they_do_anything(void **state)
{
    const char *before = "", *name;

    (void)state;
    for (size_t i = 0; (name = app_compose_members_name(i)); i++) {
        assert_true(strcmp(before, name) < 0);
        before = name;
    }
    assert_true(app_compose_members_is_idle("swap_size"));
    assert_false(app_compose_members_is_idle("no_instance_id"));
    assert_false(app_compose_members_is_idle("no such member"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_object_has_the_defaults),
        cmocka_unit_test(every_member_is_read),
        cmocka_unit_test(key_providers_are_named_or_follow_the_flags),
        cmocka_unit_test(one_script_is_a_list_of_one_and_null_policy_a_policy),
        cmocka_unit_test(wrong_types_and_values_are_refused_by_name),
        cmocka_unit_test(numbers_have_an_end),
        cmocka_unit_test(unknown_members_are_listed_with_their_nearest),
        cmocka_unit_test(members_are_in_order_and_say_whether_they_do_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
