#include "sim/app/app_compose_members.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/spelling.h"
#include "sim/base/unconst.h"
#include "sim/format/json_file.h"

#define DUMP_FLAGS (JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY)

struct member;
typedef int member_reader(struct app_compose_reading *reading, const struct member *member,
                          const json_t *value, struct error *error);

struct member {
    const char *name;
    member_reader *read;
    size_t field;     /* of struct app_compose; the two flags of key providers: of the reading */
    bool is_idle;     /* see app_compose_members_is_idle */
    bool allows_null; /* null counts as missing */
};

/* --- readers by type --- */

static void *field_of(const struct app_compose_reading *reading, const struct member *member)
{
    return (char *)reading->compose + member->field;
}

static int check_flag(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                      struct error *error)
{
    (void)reading;
    return json_is_boolean(value) ? 0 : error_input(error, "%s must be true or false", member->name);
}

static int read_flag(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                     struct error *error)
{
    *(bool *)field_of(reading, member) = json_is_true(value);
    return check_flag(reading, member, value, error);
}

static int read_provider_flag(struct app_compose_reading *reading, const struct member *member,
                              const json_t *value, struct error *error)
{
    *(bool *)((char *)reading + member->field) = json_is_true(value);
    return check_flag(reading, member, value, error);
}

static int check_text(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                      struct error *error)
{
    (void)reading;
    return json_is_string(value) ? 0 : error_input(error, "%s must be a string", member->name);
}

static char *copy_text(const json_t *value)
{
    return memory_copy(json_string_value(value), json_string_length(value));
}

static int read_text(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                     struct error *error)
{
    char **field = field_of(reading, member);

    if (check_text(reading, member, value, error))
        return -1;
    free(*field);
    *field = copy_text(value);
    return 0;
}

static int check_texts(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                       struct error *error)
{
    (void)reading;
    if (!json_is_array(value))
        return error_input(error, "%s must be an array of strings", member->name);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return error_input(error, "%s must contain only strings", member->name);
    return 0;
}

static int check_object(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                        struct error *error)
{
    (void)reading;
    return json_is_object(value) ? 0 : error_input(error, "%s must be an object", member->name);
}

static int check_array(struct app_compose_reading *reading, const struct member *member, const json_t *value,
                       struct error *error)
{
    (void)reading;
    return json_is_array(value) ? 0 : error_input(error, "%s must be an array", member->name);
}

/* --- readers of one member --- */

static int read_manifest_text(struct app_compose *compose, const char *text, struct error *error)
{
    unsigned long long version = strtoull(text, NULL, 10);
    char canonical[24];

    snprintf(canonical, sizeof canonical, "%llu", version);
    if (version == 0 || version > UINT32_MAX || strcmp(canonical, text) != 0)
        return error_input(error,
                           "manifest_version is \"%.40s\"; as a string it must be a decimal number from 1 "
                           "on, without leading zeros, such as \"3\"",
                           text);
    compose->manifest_version = (uint32_t)version;
    compose->is_manifest_text = true;
    return 0;
}

static int read_manifest_version(struct app_compose_reading *reading, const struct member *member,
                                 const json_t *value, struct error *error)
{
    json_int_t version = json_integer_value(value);

    (void)member;
    if (json_is_string(value))
        return read_manifest_text(reading->compose, json_string_value(value), error);
    if (version != 1 && version != 2)
        return error_input(error,
                           "manifest_version must be the number 1 or 2, or a string such as \"3\" for later "
                           "versions");
    reading->compose->manifest_version = (uint32_t)version;
    return 0;
}

static int read_allowed_envs(struct app_compose_reading *reading, const struct member *member,
                             const json_t *value, struct error *error)
{
    struct app_compose *compose = reading->compose;
    size_t count = json_array_size(value);

    if (check_texts(reading, member, value, error))
        return -1;
    compose->allowed_envs = memory_zalloc((count + 1) * sizeof *compose->allowed_envs);
    for (size_t i = 0; i < count; i++)
        compose->allowed_envs[compose->allowed_env_count++] = copy_text(json_array_get(value, i));
    return 0;
}

static int read_init_script(struct app_compose_reading *reading, const struct member *member,
                            const json_t *value, struct error *error)
{
    struct app_compose *compose = reading->compose;
    const size_t count = json_array_size(value);

    if (json_is_string(value)) {
        compose->init_scripts[compose->init_script_count++] = copy_text(value);
        return 0;
    }
    if (!json_is_array(value))
        return error_input(error, "init_script must be a string or an array of at most %d strings",
                           APP_COMPOSE_INIT_SCRIPTS_MAX);
    if (check_texts(reading, member, value, error))
        return -1;
    if (count > APP_COMPOSE_INIT_SCRIPTS_MAX)
        return error_input(error, "init_script has %zu scripts; at most %d are allowed", count,
                           APP_COMPOSE_INIT_SCRIPTS_MAX);
    for (size_t i = 0; i < count; i++)
        compose->init_scripts[compose->init_script_count++] = copy_text(json_array_get(value, i));
    return 0;
}

static int read_key_provider(struct app_compose_reading *reading, const struct member *member,
                             const json_t *value, struct error *error)
{
    reading->key_provider = value;
    return check_text(reading, member, value, error);
}

static int read_key_provider_id(struct app_compose_reading *reading, const struct member *member,
                                const json_t *value, struct error *error)
{
    struct app_compose *compose = reading->compose;
    json_t *holder = json_object();
    int result;

    json_object_set(holder, member->name, unconst(value));
    result = json_file_hex_upto(holder, member->name, compose->key_provider_id,
                                sizeof compose->key_provider_id, &compose->key_provider_id_len, error);
    json_decref(holder);
    return result;
}

static int read_storage_fs(struct app_compose_reading *reading, const struct member *member,
                           const json_t *value, struct error *error)
{
    const char *name = json_string_value(value);

    if (check_text(reading, member, value, error))
        return -1;
    if (strcmp(name, "zfs") != 0 && strcmp(name, "ext4") != 0)
        return error_input(error, "storage_fs is \"%.40s\"; it must be zfs or ext4", name);
    return read_text(reading, member, value, error);
}

static int check_swap_size(struct app_compose_reading *reading, const struct member *member,
                           const json_t *value, struct error *error)
{
    (void)reading;
    (void)member;
    if (!json_is_string(value) && !(json_is_integer(value) && json_integer_value(value) >= 0))
        return error_input(error, "swap_size must be a number of bytes or a string such as \"4G\"");
    return 0;
}

static int read_snapshotter(struct app_compose_reading *reading, const struct member *member,
                            const json_t *value, struct error *error)
{
    const char *name = json_string_value(value);

    if (check_text(reading, member, value, error))
        return -1;
    if (strcmp(name, "overlayfs") != 0 && strcmp(name, "stargz") != 0)
        return error_input(error, "snapshotter is \"%.40s\"; it must be overlayfs or stargz", name);
    reading->compose->has_snapshotter = true;
    return 0;
}

static int read_event_log_version(struct app_compose_reading *reading, const struct member *member,
                                  const json_t *value, struct error *error)
{
    json_int_t version = json_integer_value(value);

    (void)member;
    if (version != 1 && version != 2)
        return error_input(error, "event_log_version must be 1 or 2");
    reading->compose->event_log_version = (uint32_t)version;
    return 0;
}

static char *dump(const json_t *value)
{
    char *dumped = json_dumps(value, DUMP_FLAGS);
    char *text = memory_copy(dumped, strlen(dumped));

    free(dumped);
    return text;
}

static int read_requirements(struct app_compose_reading *reading, const struct member *member,
                             const json_t *value, struct error *error)
{
    struct app_compose *compose = reading->compose;
    const json_t *policy = json_object_get(value, "gpu_policy");

    if (check_object(reading, member, value, error))
        return -1;
    compose->requirements = dump(value);
    compose->gpu_policy = policy ? dump(policy) : NULL;
    return 0;
}

/* --- the members --- */

#define FIELD(name) .field = offsetof(struct app_compose, name)

/* clang-format off */
static const struct member members[] = {
    {.name = "allowed_envs", .read = read_allowed_envs},
    {.name = "bash_script", .read = check_text, .is_idle = true, .allows_null = true},
    {.name = "docker_compose_file", .read = read_text, FIELD(docker_compose_file), .allows_null = true},
    {.name = "docker_config", .read = check_object, .is_idle = true, .allows_null = true},
    {.name = "event_log_version", .read = read_event_log_version},
    {.name = "features", .read = check_texts, .is_idle = true},
    {.name = "gateway_enabled", .read = read_flag, FIELD(gateway_enabled), .is_idle = true},
    {.name = "init_script", .read = read_init_script, .allows_null = true},
    {.name = "key_provider", .read = read_key_provider, .allows_null = true},
    {.name = "key_provider_id", .read = read_key_provider_id},
    {.name = "kms_enabled", .read = read_provider_flag, .field = offsetof(struct app_compose_reading, is_kms)},
    {.name = "launch_token_hash", .read = check_text, .is_idle = true, .allows_null = true},
    {.name = "local_key_provider_enabled", .read = read_provider_flag, .field = offsetof(struct app_compose_reading, is_local)},
    {.name = "manifest_version", .read = read_manifest_version},
    {.name = "name", .read = read_text, FIELD(name)},
    {.name = "no_instance_id", .read = read_flag, FIELD(no_instance_id)},
    {.name = "port_policy", .read = check_object, .is_idle = true},
    {.name = "pre_launch_script", .read = check_text, .is_idle = true, .allows_null = true},
    {.name = "public_logs", .read = read_flag, FIELD(public_logs)},
    {.name = "public_sysinfo", .read = read_flag, FIELD(public_sysinfo), .is_idle = true},
    {.name = "public_tcbinfo", .read = read_flag, FIELD(public_tcbinfo)},
    {.name = "requirements", .read = read_requirements, .allows_null = true},
    {.name = "runner", .read = read_text, FIELD(runner)},
    {.name = "secure_time", .read = check_flag, .is_idle = true},
    {.name = "snapshotter", .read = read_snapshotter, .allows_null = true},
    {.name = "storage_fs", .read = read_storage_fs, FIELD(storage_fs), .allows_null = true},
    {.name = "swap_size", .read = check_swap_size, .is_idle = true},
    {.name = "tproxy_enabled", .read = read_flag, FIELD(tproxy_enabled), .is_idle = true},
    {.name = "verity_volumes", .read = check_array, .is_idle = true},
};
/* clang-format on */

#define MEMBER_COUNT (sizeof members / sizeof *members)

static const struct member *find_member(struct span name)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (name.len > 0 && *name.data == (uint8_t)members[i].name[0] && span_is(name, members[i].name))
            return &members[i];
    return NULL;
}

const char *app_compose_members_name(size_t index)
{
    return index < MEMBER_COUNT ? members[index].name : NULL;
}

bool app_compose_members_is_idle(const char *member)
{
    const struct member *row = find_member(span_text(member));

    return row && row->is_idle;
}

const char *app_compose_members_nearest(const char *unknown)
{
    return spelling_nearest(unknown, strlen(unknown), app_compose_members_name);
}

bool app_compose_members_is_known(struct span name)
{
    return find_member(name) != NULL;
}

int app_compose_members_read(struct app_compose_reading *reading, const char *name, const json_t *value,
                             struct error *error)
{
    const struct member *member = find_member(span_text(name));

    return member->allows_null && json_is_null(value) ? 0 : member->read(reading, member, value, error);
}
