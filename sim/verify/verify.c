#include "sim/verify/verify.h"

#include "crypto/hash.h"
#include "sim/format/json_file.h"
#include "sim/tdx/event_names.h"
#include "sim/verify/replay.h"

static const char *copy_member(const json_t *object, const char *name, struct arena *arena)
{
    const json_t *member = json_object_get(object, name);

    return json_is_string(member) ? arena_copy(arena, json_string_value(member), json_string_length(member))
                                  : NULL;
}

static void read_key_provider(struct verify_app *app, struct arena *arena)
{
    static const char *const members[] = {"name", "id", NULL};
    json_t *root = json_file_peek(app->key_provider_info, members);
    const char *name = copy_member(root, "name", arena), *id = copy_member(root, "id", arena);

    if (name && id) {
        app->key_provider_name = name;
        app->key_provider_id = id;
    }
    json_decref(root);
}

static void read_app(const struct evidence *evidence, const struct quote_verdict *quote, struct arena *arena,
                     struct verify_app *app)
{
    app->app_id = replay_payload(evidence, EVENT_NAME_APP_ID);
    app->compose_hash = replay_payload(evidence, EVENT_NAME_COMPOSE_HASH);
    app->instance_id = replay_payload(evidence, EVENT_NAME_INSTANCE_ID);
    app->key_provider_info = replay_payload(evidence, EVENT_NAME_KEY_PROVIDER);
    app->init_script_count =
        replay_payloads(evidence, EVENT_NAME_INIT_SCRIPT_HASH, arena, &app->init_script_hashes);
    if (app->key_provider_info.len)
        read_key_provider(app, arena);
    hash_sha256(quote->pck.ppid, sizeof quote->pck.ppid, app->device_id);
    registers_aggregate_owned(&quote->parts.registers, quote->parts.owner, app->mr_aggregated);
    registers_system(&quote->parts.registers, app->key_provider_info, app->mr_system);
}

static int check_report_data(const struct evidence *evidence, const struct quote_parts *parts,
                             struct error *error)
{
    if (evidence->has_report_data &&
        memcmp(evidence->report_data, parts->report_data.data, QUOTE_REPORT_DATA_BYTES) != 0)
        return error_input(error, "the attestation's report_data differs from the quote's");
    return 0;
}

static int verify(const struct evidence_request *request, const struct quote_authority *authority,
                  struct arena *arena, struct verify_verdict *verdict)
{
    struct error *error = &verdict->reason;
    struct quote_verdict quote;
    struct evidence evidence;

    if (evidence_read(request, arena, &evidence, error))
        return -1;
    if (quote_verify(evidence.quote, authority, arena, &quote, error) ||
        check_report_data(&evidence, &quote.parts, error) ||
        replay_verify(&evidence, &quote.parts.registers, error))
        return error_context(error, "Quote verification failed");
    verdict->quote_verified = true;
    verdict->tcb = quote.tcb;
    memcpy(verdict->report_data, quote.parts.report_data.data, sizeof verdict->report_data);
    if (image_verify(&evidence, &quote.parts.registers, arena, verdict->app.os_image_hash, error))
        return error_context(error, "OS image hash verification failed");
    verdict->os_image_hash_verified = true;
    verdict->event_log_verified = true;
    read_app(&evidence, &quote, arena, &verdict->app);
    return 0;
}

bool verify_evidence(const struct evidence_request *request, const struct quote_authority *authority,
                     struct arena *arena, struct verify_verdict *verdict)
{
    *verdict = (struct verify_verdict){.quote_verified = false};
    return verify(request, authority, arena, verdict) == 0;
}
