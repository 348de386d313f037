#include "sim/app/app_requirements.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "sim/app/gpu_policy.h"
#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/base/spelling.h"
#include "sim/base/unconst.h"
#include "sim/format/json_file.h"

#define PLATFORM "dstack-tdx" /* what this is */
#define TOKEN_PREFIX "dstack-launch-token/v1:"

struct reading {
    struct app_requirements *requirements;
    const struct app_requirements_guest *guest;
};

typedef int member_reader(const struct reading *reading, const json_t *value, struct error *error);

/* --- the system --- */

static int check_os_version(const struct reading *reading, const json_t *value, struct error *error)
{
    const struct app_requirements_guest *guest = reading->guest;
    bool is_match;

    if (!json_is_string(value))
        return error_input(error, "os_version must be a string");
    if (semver_match(json_string_value(value), &guest->os_release, &is_match, error))
        return error_context(error, "os_version");
    return is_match ? 0
                    : error_input(error, "os_version is \"%.60s\", but the TD boots an OS image of dstack %s",
                                  json_string_value(value), guest->os_version);
}

static const char *platform_name(size_t index)
{
    static const char *const names[] = {
        PLATFORM, "dstack-gcp-tdx", "dstack-nitro-enclave", "dstack-amd-sev-snp", "dstack-aws-nitro-tpm",
    };

    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static int check_platform(const json_t *value, struct error *error)
{
    const char *name = json_string_value(value), *meant;

    if (!name)
        return error_input(error, "platforms must be an array of strings");
    for (size_t i = 0; platform_name(i); i++)
        if (strcmp(platform_name(i), name) == 0)
            return 0;
    meant = spelling_nearest(name, strlen(name), platform_name);
    return error_input(error, "platforms: \"%.60s\" is not a platform; %s %s%s", name,
                       meant ? "did you mean" : "this one is", meant ? meant : PLATFORM, meant ? "?" : "");
}

static int check_platforms(const struct reading *reading, const json_t *value, struct error *error)
{
    bool is_match = false;

    if (!json_is_array(value))
        return error_input(error, "platforms must be an array of strings");
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (check_platform(json_array_get(value, i), error))
            return -1;
        is_match = is_match || strcmp(json_string_value(json_array_get(value, i)), PLATFORM) == 0;
    }
    return is_match ? 0
                    : error_input(error, "platforms %s; the TD runs on " PLATFORM,
                                  json_array_size(value) ? "does not list this one" : "is empty");
}

static int check_acpi_tables(const struct reading *reading, const json_t *value, struct error *error)
{
    if (!json_is_boolean(value))
        return error_input(error, "tdx_measure_acpi_tables must be true or false");
    if (!json_is_true(value) && reading->guest->is_legacy)
        return error_input(error,
                           "tdx_measure_acpi_tables is false, which needs measurements of TDX lite; the "
                           "TD has only those of the legacy kind");
    if (json_is_true(value) && !reading->guest->is_legacy)
        return error_input(error, "tdx_measure_acpi_tables is true, which needs measurements of the legacy "
                                  "kind; the TD has only those of TDX lite");
    return 0;
}

/* --- the launch token --- */

/* The token in {"dstack": {"launch_token": "..."}}, or NULL. */
static const char *find_token(const json_t *user_config, struct error *error)
{
    const json_t *token = json_object_get(json_object_get(user_config, "dstack"), "launch_token");

    if (!json_is_string(token)) {
        error_input(error, "the user config has no string dstack.launch_token");
        return NULL;
    }
    if (json_string_length(token) < APP_REQUIREMENTS_TOKEN_BYTES_MIN) {
        error_input(error, "the launch token has %zu bytes; at least %d are needed, as its hash is public",
                    json_string_length(token), APP_REQUIREMENTS_TOKEN_BYTES_MIN);
        return NULL;
    }
    return json_string_value(token);
}

static int check_token(const char *token, const uint8_t expected[static 32], struct error *error)
{
    const struct bytes parts[] = {{TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1}, {token, strlen(token)}};
    uint8_t hash[32];

    hash_parts(HASH_SHA256, parts, 2, hash);
    return memcmp(hash, expected, sizeof hash) == 0
               ? 0
               : error_input(error, "it is not the SHA-256 of \"" TOKEN_PREFIX "\" and the launch token");
}

static int check_user_config(struct span text, const uint8_t expected[static 32], struct error *error)
{
    static const char *const members[] = {"dstack", NULL};
    json_t *user_config;
    const char *token;
    int result;

    if (text.len == 0)
        return error_input(error, "it needs a launch token, and there is no user config; name one with "
                                  "--user-config");
    user_config = json_file_parse_some(text, members, error);
    if (!user_config)
        return error_context(error, "the user config");
    token = find_token(user_config, error);
    result = token ? check_token(token, expected, error) : -1;
    json_decref(user_config);
    return result;
}

static int check_launch_token(const struct reading *reading, const json_t *value, struct error *error)
{
    uint8_t expected[32];
    size_t len, bad_at;

    if (!json_is_string(value) || json_string_length(value) != 2 * sizeof expected ||
        hex_decode(json_string_value(value), 2 * sizeof expected, expected, &len, &bad_at) != HEX_OK ||
        len != sizeof expected)
        return error_input(error, "launch_token_hash must be 64 hex digits");
    return check_user_config(reading->guest->user_config, expected, error)
               ? error_context(error, "launch_token_hash")
               : 0;
}

/* --- the app --- */

static int check_gpu_policy(const struct reading *reading, const json_t *value, struct error *error)
{
    return gpu_policy_check(value, error);
}

static int read_health_check(const struct reading *reading, const json_t *value, struct error *error)
{
    if (!json_is_boolean(value))
        return error_input(error, "health_check must be true or false");
    reading->requirements->has_health_check = json_is_true(value);
    return 0;
}

static int read_health_status_file(const struct reading *reading, const json_t *value, struct error *error)
{
    if (!json_is_string(value) || json_string_length(value) == 0)
        return error_input(error, "health_status_file must be the path of a file");
    reading->requirements->health_status_file =
        memory_copy(json_string_value(value), json_string_length(value));
    return 0;
}

/* --- all of them --- */

static const struct {
    const char *name;
    member_reader *read;
    bool keeps_null; /* otherwise null counts as missing */
} members[] = {
    {"os_version", check_os_version, false},
    {"platforms", check_platforms, false},
    {"tdx_measure_acpi_tables", check_acpi_tables, false},
    {"launch_token_hash", check_launch_token, false},
    {"gpu_policy", check_gpu_policy, true},
    {"health_check", read_health_check, false},
    {"health_status_file", read_health_status_file, false},
};

#define MEMBER_COUNT (sizeof members / sizeof *members)

static const char *member_name(size_t index)
{
    return index < MEMBER_COUNT ? members[index].name : NULL;
}

static int read_member(const struct reading *reading, const char *name, const json_t *value,
                       struct error *error)
{
    const char *meant;

    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (strcmp(members[i].name, name) == 0)
            return json_is_null(value) && !members[i].keeps_null ? 0 : members[i].read(reading, value, error);
    meant = spelling_nearest(name, strlen(name), member_name);
    return error_input(error, "unknown member %.60s%s%s%s", name, meant ? "; did you mean " : "",
                       meant ? meant : "", meant ? "?" : "");
}

static int read_members(const struct reading *reading, const json_t *root, struct error *error)
{
    const char *name;
    json_t *value;

    json_object_foreach(unconst(root), name, value)
    {
        if (read_member(reading, name, value, error))
            return -1;
    }
    return 0;
}

int app_requirements_read(struct app_requirements *requirements, const struct app_compose *compose,
                          const struct app_requirements_guest *guest, struct error *error)
{
    const struct reading reading = {requirements, guest};
    json_t *root;
    int result;

    *requirements = (struct app_requirements){.has_health_check = false};
    if (!compose->requirements)
        return 0;
    root = json_file_parse(span_text(compose->requirements), error);
    result = root ? read_members(&reading, root, error) : -1;
    json_decref(root);
    if (result == 0)
        return 0;
    app_requirements_free(requirements);
    return error_context(error, "requirements");
}

void app_requirements_free(struct app_requirements *requirements)
{
    free(requirements->health_status_file);
    requirements->health_status_file = NULL;
}
