#include "sim/verify/attested.h"

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/app/app.h"
#include "sim/format/json_file.h"
#include "sim/tdx/attestation_msgpack.h"
#include "sim/tdx/attestation_scale.h"
#include "sim/tdx/event_names.h"
#include "sim/verify/replay.h"

/* --- verifying --- */

static int check_report_data(const struct evidence *evidence, const uint8_t *report_data, struct error *error)
{
    struct quote_parts parts;

    if (quote_parse(evidence->quote, &parts, error))
        return -1;
    if (memcmp(parts.report_data.data, report_data, QUOTE_REPORT_DATA_BYTES) != 0 ||
        (evidence->has_report_data &&
         memcmp(evidence->report_data, report_data, QUOTE_REPORT_DATA_BYTES) != 0))
        return error_input(error, "report data mismatch: the quote does not vouch for this key");
    return 0;
}

int attested_verify(struct attested *attested, const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                    const struct quote_authority *authority, struct arena *arena, struct error *error)
{
    const struct evidence *evidence = &attested->evidence;

    return check_report_data(evidence, report_data, error) ||
                   quote_verify(evidence->quote, authority, arena, &attested->quote, error) ||
                   replay_verify(evidence, &attested->quote.parts.registers, error)
               ? -1
               : 0;
}

/* --- boot info --- */

/* The KMS takes the image's hash from there, whatever the event log says. */
static int read_image_hash(struct span vm_config, struct arena *arena, struct span *hash, struct error *error)
{
    static const char *const members[] = {"os_image_hash", NULL};
    json_t *root = vm_config.len ? json_file_peek(vm_config, members) : json_object();
    const json_t *member = json_object_get(root, "os_image_hash");
    int result = 0;
    uint8_t *bytes;

    *hash = SPAN_NONE;
    if (!json_is_object(root))
        result = error_input(error, "Failed to decode os image hash: vm_config must be a JSON object");
    else if (member && !json_is_string(member))
        result = error_input(error, "Failed to decode os image hash: os_image_hash must be hex");
    else if (member && hex_read(span_text(json_string_value(member)), "os_image_hash", arena, &bytes,
                                &hash->len, error))
        result = error_context(error, "Failed to decode os image hash");
    else if (member)
        hash->data = bytes;
    json_decref(root);
    return result;
}

static struct span kept(const uint8_t *bytes, size_t len, struct arena *arena)
{
    return span_of(arena_copy(arena, bytes, len), len);
}

static void set_registers(const struct attested *attested, bool is_early, struct arena *arena,
                          struct app_info *app)
{
    struct registers registers = attested->quote.parts.registers;
    uint8_t hash[32];

    if (is_early)
        replay_until(&attested->evidence, EVENT_NAME_BOOT_MR_DONE, registers.rtmr[EVENT_RUNTIME_IMR]);
    registers_aggregate_owned(&registers, attested->quote.parts.owner, hash);
    app->mr_aggregated = kept(hash, sizeof hash, arena);
    registers_system(&registers, app->key_provider_info, hash);
    app->mr_system = kept(hash, sizeof hash, arena);
}

int attested_boot_info(const struct attested *attested, bool is_early, struct span vm_config,
                       struct arena *arena, struct attested_boot *boot, struct error *error)
{
    const struct evidence *evidence = &attested->evidence;
    uint8_t device_id[32];

    *boot = (struct attested_boot){
        .app = {.app_id = replay_payload(evidence, EVENT_NAME_APP_ID),
                .compose_hash = replay_payload(evidence, EVENT_NAME_COMPOSE_HASH),
                .instance_id = replay_payload(evidence, EVENT_NAME_INSTANCE_ID)},
        .tcb_status = tcb_status_name(attested->quote.tcb.status),
        .advisories = attested->quote.tcb.advisories,
        .advisory_count = attested->quote.tcb.advisory_count,
    };
    if (!is_early)
        boot->app.key_provider_info = replay_payload(evidence, EVENT_NAME_KEY_PROVIDER);
    if (read_image_hash(vm_config.len ? vm_config : evidence->vm_config, arena, &boot->app.os_image_hash,
                        error))
        return -1;
    hash_sha256(attested->quote.pck.ppid, sizeof attested->quote.pck.ppid, device_id);
    boot->app.device_id = kept(device_id, sizeof device_id, arena);
    set_registers(attested, is_early, arena, &boot->app);
    if (boot->app.app_id.len != APP_ID_BYTES)
        return error_input(error, "app_id must be %d bytes", APP_ID_BYTES);
    return 0;
}

/* --- for a certificate --- */

int attested_app_info(const struct attested *attested, struct arena *arena, struct app_info *app,
                      struct error *error)
{
    struct attested_boot boot;
    struct span *scripts;

    if (attested_boot_info(attested, false, SPAN_NONE, arena, &boot, error))
        return -1;
    *app = boot.app;
    app->init_script_count =
        replay_payloads(&attested->evidence, EVENT_NAME_INIT_SCRIPT_HASH, arena, &scripts);
    app->init_script_hashes = scripts;
    return 0;
}

static bool has_version_2(const struct event_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        if (event_is_runtime(&log->events[i]) && log->events[i].version == EVENT_VERSION_2)
            return true;
    return false;
}

struct span attested_cut(const struct attested *attested, struct arena *arena)
{
    const struct evidence *evidence = &attested->evidence;
    const struct event_log log = {.events = evidence->events, .count = evidence->count};
    const uint8_t *report_data = attested->quote.parts.report_data.data;
    struct attestation_msgpack_parts msgpack;
    struct attestation_scale_parts scale;
    struct span cut;

    if (has_version_2(&log)) {
        attestation_msgpack_init(&msgpack);
        attestation_msgpack_render(&msgpack, &log, evidence->vm_config, true);
        cut = attestation_msgpack_write(&msgpack, evidence->quote, report_data, arena);
        attestation_msgpack_free(&msgpack);
        return cut;
    }
    attestation_scale_init(&scale);
    attestation_scale_render(&scale, &log, evidence->vm_config);
    cut = attestation_scale_write_cut(&scale, evidence->quote, report_data, arena);
    attestation_scale_free(&scale);
    return cut;
}
