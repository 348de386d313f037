#include "sim/services/platform_message.h"

#include "sim/base/unconst.h"

static const struct {
    const char *member;
    size_t offset; /* in struct scenario */
} flags[] = {
    {"tcb_recovered", offsetof(struct scenario, has_recovered)},
    {"pck_revoked", offsetof(struct scenario, pck_revoked)},
    {"collateral_expired", offsetof(struct scenario, collateral_expired)},
    {"key_not_vouched", offsetof(struct scenario, key_not_vouched)},
};
#define FLAGS (sizeof flags / sizeof *flags)

/* The member with that name, whose C type follows from its type in the .proto file. */
static void *member_at(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    return (char *)unconst(message) + field->offset;
}

static size_t *member_count(const ProtobufCMessage *message, const char *name)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);

    return (size_t *)(void *)((char *)unconst(message) + field->quantifier_offset);
}

static const char *get_text(const ProtobufCMessage *message, const char *name)
{
    return *(char **)member_at(message, name);
}

static void set_text(ProtobufCMessage *message, const char *name, const char *value)
{
    *(char **)member_at(message, name) = unconst(value);
}

static void set_bool(ProtobufCMessage *message, const char *name, bool value)
{
    *(protobuf_c_boolean *)member_at(message, name) = value;
}

static bool get_bool(const ProtobufCMessage *message, const char *name)
{
    return *(protobuf_c_boolean *)member_at(message, name);
}

void platform_message_fill(const struct scenario *scenario, bool is_debug, struct arena *arena,
                           ProtobufCMessage *message)
{
    char **advisories = arena_alloc(arena, SCENARIO_ADVISORIES_MAX * sizeof *advisories);

    for (size_t i = 0; i < SCENARIO_FIELDS; i++)
        set_text(message, scenario_fields[i].member,
                 tcb_status_name(scenario_get(scenario, &scenario_fields[i])));
    for (size_t i = 0; i < FLAGS; i++)
        set_bool(message, flags[i].member, *(const bool *)((const char *)scenario + flags[i].offset));
    set_bool(message, "debug_td", is_debug);
    set_text(message, "quote_version", quote_version_name(scenario->quote_version));
    for (size_t i = 0; i < scenario->advisory_count; i++)
        advisories[i] = unconst(scenario->advisories[i]);
    *(char ***)member_at(message, "advisories") = advisories;
    *member_count(message, "advisories") = scenario->advisory_count;
}

static int read_statuses(const ProtobufCMessage *message, struct scenario *scenario, struct error *error)
{
    for (size_t i = 0; i < SCENARIO_FIELDS; i++) {
        const struct scenario_field *field = &scenario_fields[i];
        const char *status = get_text(message, field->member);

        if (*status && scenario_set(scenario, field, status, error))
            return error_context(error, "%s", field->member);
    }
    return 0;
}

int platform_message_read(const ProtobufCMessage *message, struct scenario *scenario, bool *is_debug,
                          struct error *error)
{
    const char *version = get_text(message, "quote_version");
    char *const *advisories = *(char ***)member_at(message, "advisories");

    *scenario = (struct scenario){.quote_version = scenario->quote_version};
    if (read_statuses(message, scenario, error))
        return -1;
    if (*version && quote_version_read(version, &scenario->quote_version, error))
        return error_context(error, "quote_version");
    for (size_t i = 0; i < *member_count(message, "advisories"); i++)
        if (scenario_add_advisory(scenario, advisories[i], error))
            return error_context(error, "advisories");
    for (size_t i = 0; i < FLAGS; i++)
        *(bool *)((char *)scenario + flags[i].offset) = get_bool(message, flags[i].member);
    if (scenario_check(scenario, error))
        return error_context(error, "tcb_recovered");
    *is_debug = get_bool(message, "debug_td");
    return 0;
}
