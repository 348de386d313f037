/* The requirements of an app, one at a time, against an image of dstack 0.6.0. */
#include "sim/app/app_requirements.h"

#include <stdio.h>

#include "test/unit/vectors.h"

#define TOKEN "a launch token of more than thirty-two bytes"
#define TOKEN_HASH "5a3fe916d0d53102d238e41099085c11c2264c6631bb2f1bcdd2da84496ee758"

static bool is_legacy; /* the guest of the next checks */

static int read_with(const char *members, const char *user_config, struct app_requirements *requirements,
                     struct error *error)
{
    char text[1024];
    const struct app_compose compose = {.requirements = text};
    const struct app_requirements_guest guest = {
        .os_version = "0.6.0",
        .os_release = {0, 6, 0},
        .user_config = user_config ? span_text(user_config) : SPAN_NONE,
        .is_legacy = is_legacy,
    };

    snprintf(text, sizeof text, "{%s}", members);
    *error = (struct error){.kind = ERROR_NONE};
    return app_requirements_read(requirements, &compose, &guest, error);
}

static void accepts(const char *members, const char *user_config)
{
    struct app_requirements requirements;
    struct error error;

    if (read_with(members, user_config, &requirements, &error))
        fail_msg("%s: %s", members, error.text);
    app_requirements_free(&requirements);
}

static void refuses(const char *members, const char *user_config, const char *sentence)
{
    struct app_requirements requirements;
    struct error error;

    if (read_with(members, user_config, &requirements, &error) == 0)
        fail_msg("%s was accepted", members);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, sentence);
    assert_null(requirements.health_status_file);
}

static void an_app_without_any(void **state)
{
    const struct app_compose compose = {.requirements = NULL};
    const struct app_requirements_guest guest = {.os_version = "0.6.0"};
    struct app_requirements requirements;
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(app_requirements_read(&requirements, &compose, &guest, &error), 0);
    assert_false(requirements.has_health_check);
    assert_null(requirements.health_status_file);
    accepts("", NULL);
}

static void the_version_of_the_image(void **state)
{
    (void)state;
    accepts("\"os_version\":\">=0.6.0, <0.7.0\"", NULL);
    accepts("\"os_version\":\"0.6\"", NULL);
    accepts("\"os_version\":null", NULL);
    refuses("\"os_version\":\">=0.6.1\"", NULL,
            "requirements: os_version is \">=0.6.1\", but the TD boots an OS image of dstack 0.6.0");
    refuses(
        "\"os_version\":\">=0.6.0.a0\"", NULL,
        "requirements: os_version: \">=0.6.0.a0\" is not a range of versions such as >=0.6.0, <0.7.0: see "
        "byte 8");
    refuses("\"os_version\":6", NULL, "requirements: os_version must be a string");
}

static void the_platform(void **state)
{
    (void)state;
    accepts("\"platforms\":[\"dstack-gcp-tdx\",\"dstack-tdx\"]", NULL);
    accepts("\"platforms\":null", NULL);
    refuses("\"platforms\":[]", NULL, "requirements: platforms is empty; the TD runs on dstack-tdx");
    refuses("\"platforms\":[\"dstack-gcp-tdx\",\"dstack-amd-sev-snp\"]", NULL,
            "requirements: platforms does not list this one; the TD runs on dstack-tdx");
    refuses("\"platforms\":[\"dstack-tdx\",\"gcp-tdx\"]", NULL,
            "requirements: platforms: \"gcp-tdx\" is not a platform; did you mean dstack-gcp-tdx?");
    refuses("\"platforms\":[\"?\"]", NULL,
            "requirements: platforms: \"?\" is not a platform; this one is dstack-tdx");
    refuses("\"platforms\":\"dstack-tdx\"", NULL, "requirements: platforms must be an array of strings");
    refuses("\"platforms\":[1]", NULL, "requirements: platforms must be an array of strings");
}

static void the_kind_of_measurement(void **state)
{
    (void)state;
    accepts("\"tdx_measure_acpi_tables\":false", NULL);
    accepts("\"tdx_measure_acpi_tables\":null", NULL);
    refuses(
        "\"tdx_measure_acpi_tables\":true", NULL,
        "requirements: tdx_measure_acpi_tables is true, which needs measurements of the legacy kind; the TD "
        "has only those of TDX lite");
    refuses("\"tdx_measure_acpi_tables\":\"no\"", NULL,
            "requirements: tdx_measure_acpi_tables must be true or false");
    is_legacy = true;
    accepts("\"tdx_measure_acpi_tables\":true", NULL);
    refuses(
        "\"tdx_measure_acpi_tables\":false", NULL,
        "requirements: tdx_measure_acpi_tables is false, which needs measurements of TDX lite; the TD has "
        "only those of the legacy kind");
    is_legacy = false;
}

static void the_launch_token(void **state)
{
    static const char hash[] = "\"launch_token_hash\":\"" TOKEN_HASH "\"";

    (void)state;
    accepts(hash, "{\"other\":1,\"dstack\":{\"launch_token\":\"" TOKEN "\"}}");
    refuses(hash, NULL,
            "requirements: launch_token_hash: it needs a launch token, and there is no user config; name one "
            "with --user-config");
    refuses(hash, "{\"dstack\":{\"launch_token\":\"" TOKEN ".\"}}",
            "requirements: launch_token_hash: it is not the SHA-256 of \"dstack-launch-token/v1:\" and the "
            "launch "
            "token");
    refuses(
        hash, "{\"dstack\":{\"launch_token\":\"31 bytes of what no one guesses\"}}",
        "requirements: launch_token_hash: the launch token has 31 bytes; at least 32 are needed, as its hash "
        "is public");
    refuses(hash, "{\"launch_token\":\"" TOKEN "\"}",
            "requirements: launch_token_hash: the user config has no string dstack.launch_token");
    refuses(hash, "{\"dstack\":{\"launch_token\":1}}",
            "requirements: launch_token_hash: the user config has no string dstack.launch_token");
    refuses(hash, "[]", "requirements: launch_token_hash: the user config: must be a JSON object");
    refuses("\"launch_token_hash\":\"12\"", NULL, "requirements: launch_token_hash must be 64 hex digits");
    refuses("\"launch_token_hash\":\"0x" TOKEN_HASH "\"", NULL,
            "requirements: launch_token_hash must be 64 hex digits");
}

static void a_user_config_is_not_read_without_need(void **state)
{
    (void)state;
    accepts("", "not JSON");
}

static void health(void **state)
{
    struct app_requirements requirements;
    struct error error;

    (void)state;
    assert_int_equal(read_with("\"health_check\":true,\"health_status_file\":\"/run/health\"", NULL,
                               &requirements, &error),
                     0);
    assert_true(requirements.has_health_check);
    assert_string_equal(requirements.health_status_file, "/run/health");
    app_requirements_free(&requirements);
    accepts("\"health_check\":null,\"health_status_file\":null", NULL);
    refuses("\"health_check\":\"yes\"", NULL, "requirements: health_check must be true or false");
    refuses("\"health_status_file\":\"\"", NULL,
            "requirements: health_status_file must be the path of a file");
    refuses("\"health_status_file\":\"/run/health\",\"health_check\":0", NULL,
            "requirements: health_check must be true or false");
}

static void the_gpu_policy_is_checked_too(void **state)
{
    (void)state;
    accepts("\"gpu_policy\":{\"attest_gpu\":false}", NULL);
    accepts("\"gpu_policy\":null", NULL);
    refuses("\"gpu_policy\":{\"attest\":1}", NULL,
            "requirements: gpu_policy: unknown member attest; did you mean attest_gpu?");
}

static void unknown_members_are_refused(void **state)
{
    (void)state;
    refuses("\"os_versions\":\"*\"", NULL,
            "requirements: unknown member os_versions; did you mean os_version?");
    refuses("\"cpu\":8", NULL, "requirements: unknown member cpu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_app_without_any),
        cmocka_unit_test(the_version_of_the_image),
        cmocka_unit_test(the_platform),
        cmocka_unit_test(the_kind_of_measurement),
        cmocka_unit_test(the_launch_token),
        cmocka_unit_test(a_user_config_is_not_read_without_need),
        cmocka_unit_test(health),
        cmocka_unit_test(the_gpu_policy_is_checked_too),
        cmocka_unit_test(unknown_members_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
