#include "sim/td/td.h"

#include <stdlib.h>

#include "crypto/bytes.h"
#include "sim/app/app_manifest.h"
#include "sim/base/memory.h"
#include "sim/keys/app_key_cache.h"
#include "sim/td/boot.h"
#include "sim/td/key_provider.h"
#include "sim/td/mr_config.h"

/* --- creating and freeing it --- */

/* Whether the image takes the app. The requirements mean nothing to an image of dstack 0.5. */
static int check_app(struct td *td, const struct td_config *config, struct error *error)
{
    const struct app_compose *compose = &td->app.says;
    const struct app_requirements_guest guest = {td->image.version, td->image.release, config->user_config,
                                                 td->machine.is_legacy};
    const bool is_0_6 = os_image_is_0_6(&td->image);

    if (app_manifest_check(compose, is_0_6, error))
        return -1;
    return is_0_6 ? app_requirements_read(&td->requirements, compose, &guest, error) : 0;
}

static int read_inputs(struct td *td, const struct td_config *config, struct error *error)
{
    if (config->image)
        td->image = *config->image;
    else if (os_image_parse(&td->image, config->os_image, error))
        return error_context(error, "OS image");
    if (machine_parse(&td->machine, config->machine, error))
        return error_context(error, "machine");
    if (config->sys_config.data && (machine_apply_sys_config(&td->machine, config->sys_config, error) ||
                                    mr_config_document(config->sys_config, &td->launch_document, error)))
        return error_context(error, "%s", config->sys_config_name);
    if (app_parse(&td->app, config->app_compose, error) || check_app(td, config, error))
        return error_context(error, "%s", config->app_compose_name);
    if (config->app_keys.data && app_keys_parse(&td->keys, config->app_keys, td->shared->k256, error))
        return error_context(error, "%s", config->app_keys_name);
    td_env_init(&td->env, td->shared->kms, &td->app, &td->keys, td->identity.app_id, config->encrypted_env,
                config->encrypted_env_name);
    if (config->awaits_keys && config->app_keys.data && td->keys.ca_cert)
        return error_input(error,
                           "%s has the key of a CA, so that no KMS is asked; leave it out, or --kms-url",
                           config->app_keys_name);
    td->awaits_keys = config->awaits_keys;
    td->is_booting = config->awaits_keys && td->app.says.key_provider == APP_KEY_PROVIDER_KMS;
    text_copy(&td->gpu_info, (const char *)config->gpu_info.data, config->gpu_info.len);
    app_health_init(&td->health, &td->requirements, config->health_file);
    return 0;
}

/* What only images of dstack 0.6 measure. */
static int identify_newer(struct td *td, const struct td_config *config, struct error *error)
{
    identity_set_policies(&td->identity, &td->app.says);
    if (config->gpu_info.data && identity_set_gpus(&td->identity, config->gpu_info, error))
        return error_context(error, "%s", config->gpu_info_name);
    return 0;
}

static struct key_provider provider_of(const struct td *td, const struct td_config *config)
{
    return (struct key_provider){
        .kind = td->app.says.key_provider,
        .seed = td->shared->seed,
        .kms = td->shared->kms,
        .k256 = td->shared->k256,
        .instance = config->instance,
        .boot = config->boot,
        .gives_own_ca = config->has_own_ca,
    };
}

/* Registers that depend on QEMU follow from the seed, the image and the machine. */
static void seed_legacy(struct td *td)
{
    uint8_t what[OS_IMAGE_HASH_BYTES + 8 + 4];

    memcpy(what, td->identity.os_image_hash, OS_IMAGE_HASH_BYTES);
    bytes_put_le64(what + OS_IMAGE_HASH_BYTES, td->machine.memory_size);
    bytes_put_le32(what + OS_IMAGE_HASH_BYTES + 8, td->machine.cpu_count);
    seed_bytes(td->shared->seed, "legacy registers", span_of(what, sizeof what), td->machine.legacy_seed,
               sizeof td->machine.legacy_seed);
}

/* Sets ids and configuration, which the boot measures. */
static int identify(struct td *td, const struct td_config *config, struct error *error)
{
    const struct key_provider provider = provider_of(td, config);

    identity_init(&td->identity, &td->app, &td->keys, provider.seed, config->app_id, config->instance);
    if (config->instance_seed)
        identity_set_instance(&td->identity, config->instance_seed);
    memcpy(td->identity.device_id, td->shared->platform->device_id, sizeof td->identity.device_id);
    if (os_image_is_0_6(&td->image) && identify_newer(td, config, error))
        return -1;
    identity_set_image(&td->identity, &td->image, &td->machine);
    seed_legacy(td);
    if (td->is_booting && !td->keys.provider_id_len) /* only the one that it pins is known */
        identity_set_key_provider(&td->identity, provider.kind,
                                  span_of(td->app.says.key_provider_id, td->app.says.key_provider_id_len));
    else
        key_provider_identify(&provider, &td->keys, &td->identity);
    return 0;
}

/* An app without a KMS has a CA of its own, whose certificate shows a quote. */
static int issue_root(struct td *td, struct error *error)
{
    struct app_cert_evidence evidence;
    struct arena arena;
    char *pem;
    int result;

    arena_init(&arena);
    td_evidence(td, &td->keys.ca_key, &arena, &evidence);
    result = app_cert_issue_root(&td->keys.ca_key, evidence.attestation, &arena, &pem, error);
    if (result == 0)
        result = app_keys_set_ca(&td->keys, pem, error);
    arena_free(&arena);
    return result;
}

/* Gets the keys, unless they come from a file or from a KMS elsewhere. */
static int provision(struct td *td, const struct td_config *config, struct error *error)
{
    const struct key_provider provider = provider_of(td, config);

    td->keyring = (struct keyring){td->shared->k256, &td->keys, app_key_cache_new()};
    if (td->is_booting)
        return 0;
    if (config->app_keys.data)
        return td->keys.ca_cert ? 0 : app_keys_borrow_ca(&td->keys, td->shared->kms, error);
    if (key_provider_issue(&provider, &td->identity, &td->state.registers, &td->keys, error))
        return -1;
    return td->keys.ca_cert ? 0 : issue_root(td, error);
}

static enum event_version log_version(const struct td *td)
{
    return os_image_is_0_6(&td->image) && td->app.says.event_log_version == EVENT_VERSION_2 ? EVENT_VERSION_2
                                                                                            : EVENT_VERSION_1;
}

/* The host sets MRCONFIGID when it creates the TD; the guest checks the key provider that it pins. */
static int configure(struct td *td, const struct td_config *config, struct error *error)
{
    const struct mr_config_launch launch = {
        .app = &td->app,
        .identity = &td->identity,
        .document = td->launch_document,
        .writes_documents = os_image_is_0_6(&td->image),
        .is_left_zero = config->leaves_mr_config_zero,
    };

    if (identity_check_key_provider(&td->identity, &td->app, error) ||
        mr_config_id(&launch, td->state.registers.config_id, error))
        return error_context(error, "%s", config->app_compose_name);
    return 0;
}

static void copy_state(struct td_state *to, const struct td_state *from)
{
    to->registers = from->registers;
    to->is_debug = from->is_debug;
    event_log_copy(&to->log, &from->log);
}

static void forget_snapshots(struct td *td)
{
    for (size_t i = 0; i < td->snapshot_count; i++)
        event_log_free(&td->snapshots[i].state.log);
    td->snapshot_count = 0;
}

int td_complete(struct td *td, struct span os_image_hash, struct error *error)
{
    struct td_state *state = &td->state;

    if (td_env_check(&td->env, error) ||
        boot_finish(&td->app.says, &td->identity, os_image_hash, &state->log, &state->registers, error))
        return -1;
    quote_template_set_registers(&td->quote, &state->registers);
    view_forget(td->view);
    forget_snapshots(td);
    copy_state(&td->at_start, state);
    td->generation++;
    td->has_keys = true;
    return 0;
}

static int bring_up(struct td *td, const struct td_config *config, struct error *error)
{
    struct td_state *state = &td->state;

    event_log_init(&state->log);
    if (read_inputs(td, config, error) || identify(td, config, error))
        return -1;
    state->log.version = log_version(td);
    if (boot_start(&td->image, &td->machine, &td->identity, &state->log, &state->registers, error) ||
        configure(td, config, error))
        return -1;
    quote_template_init(&td->quote, td->shared->platform);
    quote_template_set_registers(&td->quote, &state->registers);
    td_follow_scenario(td);
    td_set_debug(td, config->is_debug);
    if (provision(td, config, error))
        return -1;
    if (td->is_booting) {
        copy_state(&td->at_start, state);
        return 0;
    }
    return td_complete(td, span_of(td->identity.os_image_hash, sizeof td->identity.os_image_hash), error);
}

struct td *td_new(const struct td_shared *shared, uint32_t number, const struct td_config *config,
                  struct error *error)
{
    struct td *td = memory_zalloc(sizeof *td);

    td->shared = shared;
    td->number = number;
    td->boot_time = clock_seconds(shared->clock);
    td->generation = (uint64_t)clock_micros(shared->clock);
    td->view = memory_zalloc(sizeof *td->view);
    td->chain = memory_zalloc(sizeof *td->chain);
    view_init(td->view,
              &(struct view_subject){&td->identity, &td->state.registers, &td->state.log, &td->app});
    if (bring_up(td, config, error)) {
        td_free(td);
        return NULL;
    }
    return td;
}

void td_free(struct td *td)
{
    if (!td)
        return;
    forget_snapshots(td);
    view_free(td->view);
    free(td->view);
    free(td->chain);
    identity_free(&td->identity);
    text_free(&td->gpu_info);
    td_env_free(&td->env);
    text_free(&td->given_cert);
    free(td->launch_document);
    quote_template_free(&td->quote);
    event_log_free(&td->state.log);
    event_log_free(&td->at_start.log);
    app_keys_free(&td->keys);
    app_requirements_free(&td->requirements);
    app_health_free(&td->health);
    app_free(&td->app);
    app_key_cache_free(td->keyring.cache);
    bytes_wipe(td, sizeof *td);
    free(td);
}

/* --- changing it --- */

int td_emit_event(struct td *td, const char *name, struct span payload, struct error *error)
{
    if (os_image_is_0_6(&td->image))
        return error_input(error, "EmitEvent was removed in dstack 0.6.0; runtime RTMR3 events are "
                                  "system-owned and cannot be extended by apps");
    if (event_log_emit(&td->state.log, &td->state.registers, name, payload, error))
        return -1;
    td->emitted++;
    quote_template_set_registers(&td->quote, &td->state.registers);
    view_forget_whole(td->view);
    return 0;
}

int td_extend(struct td *td, unsigned imr, const uint8_t digest[static REGISTER_BYTES], struct error *error)
{
    if (event_log_extend(&td->state.log, &td->state.registers, imr, digest, error))
        return -1;
    td->emitted++;
    quote_template_set_registers(&td->quote, &td->state.registers);
    view_forget_whole(td->view);
    return 0;
}

int td_tell_event(struct td *td, const struct event_log_line *line, struct error *error)
{
    if (event_log_tell(&td->state.log, line, error))
        return -1;
    view_forget(td->view);
    td->generation++;
    return 0;
}

void td_set_debug(struct td *td, bool is_debug)
{
    td->state.is_debug = is_debug;
    quote_template_set_debug(&td->quote, is_debug);
    view_forget_cert(td->view);
}

void td_follow_scenario(struct td *td)
{
    quote_template_set_scenario(&td->quote, td->shared->platform, td->shared->scenario);
    view_forget_cert(td->view);
}

int td_take_snapshot(struct td *td, uint32_t *id, struct error *error)
{
    struct td_snapshot *snapshot = &td->snapshots[td->snapshot_count];

    if (td->snapshot_count == TD_SNAPSHOTS_MAX)
        return error_input(error, "there are already %d snapshots; Reset removes them", TD_SNAPSHOTS_MAX);
    *snapshot = (struct td_snapshot){.id = ++td->last_snapshot};
    copy_state(&snapshot->state, &td->state);
    td->snapshot_count++;
    *id = snapshot->id;
    return 0;
}

static void go_back(struct td *td, const struct td_state *state)
{
    copy_state(&td->state, state);
    quote_template_set_registers(&td->quote, &state->registers);
    td_set_debug(td, state->is_debug);
    view_forget(td->view);
    event_chain_forget(td->chain);
    td->reverts++;
    td->generation++;
}

int td_revert(struct td *td, uint32_t id, struct error *error)
{
    for (size_t i = 0; i < td->snapshot_count; i++)
        if (td->snapshots[i].id == id) {
            go_back(td, &td->snapshots[i].state);
            return 0;
        }
    return error_quote_number(error, "no snapshot ", id, ": Snapshot creates one, Status lists them");
}

bool td_judge_health(struct td *td)
{
    return app_health_judge(&td->health, clock_seconds(td->shared->clock));
}

void td_reset(struct td *td)
{
    app_health_unset(&td->health);
    go_back(td, &td->at_start);
    forget_snapshots(td);
}

void td_halt(struct td *td)
{
    td->is_halted = true;
}

void td_reboot(struct td *td)
{
    td_reset(td);
    td->boot_time = clock_seconds(td->shared->clock);
    td->is_halted = false;
}

/* --- what it shows --- */

const uint8_t *td_aggregate(const struct td *td)
{
    return view_aggregate(td->view);
}

const struct text *td_event_log(const struct td *td)
{
    return view_event_log(td->view);
}

const struct text *td_tcb_info(const struct td *td)
{
    return view_tcb_info(td->view);
}

void td_registers_before(const struct td *td, size_t index, struct registers *registers)
{
    event_chain_before(td->chain, &td->state.log, index, registers);
}

static bool is_signed_for(const struct td *td, const uint8_t *app_id)
{
    return kms_has_issued(td->shared->kms, td->shared->k256, app_id, td->keys.k256_public,
                          td->keys.k256_signature);
}

enum td_signature td_app_key_signature(const struct td *td)
{
    if (!td->keys.k256_signature_len)
        return TD_SIGNATURE_NONE;
    if (is_signed_for(td, td->identity.app_id))
        return TD_SIGNATURE_OURS;
    return is_signed_for(td, td->identity.compose_hash) || is_signed_for(td, td->keys.app_id)
               ? TD_SIGNATURE_OTHER_APP
               : TD_SIGNATURE_OTHER_KMS;
}

/* --- what it attests --- */

struct span td_quote(const struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES],
                     struct arena *arena)
{
    uint8_t *quote = arena_alloc(arena, quote_size(&td->quote));

    quote_write(&td->quote, report_data, quote);
    return span_of(quote, quote_size(&td->quote));
}

struct span td_attestation(const struct td *td, enum td_attestation_form form,
                           const uint8_t report_data[static REPORT_DATA_BYTES], struct arena *arena,
                           struct span *quote)
{
    struct span own = td_quote(td, report_data, arena);

    if (quote)
        *quote = own;
    return view_attestation(td->view, form, own, report_data, arena);
}

void td_evidence(const struct td *td, const struct p256_key *key, struct arena *arena,
                 struct app_cert_evidence *evidence)
{
    uint8_t spki[X509_SPKI_BYTES], report_data[REPORT_DATA_BYTES];
    const struct text *event_log = td_event_log(td);

    x509_key_spki(key->public_key, spki);
    ra_tls_report_data(spki, report_data);
    evidence->event_log = span_of(event_log->plain, event_log->len);
    evidence->attestation = td_attestation(td, TD_ATTESTATION_CUT, report_data, arena, &evidence->quote);
}
