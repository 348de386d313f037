#include "sim/td/td.h"

#include <stdlib.h>
#include <time.h>

#include "sim/base/embedded.h"
#include "sim/base/memory.h"
#include "sim/td/boot.h"
#include "sim/td/encrypted_env.h"
#include "sim/td/view.h"

#define COLLATERAL_FRESH_SECONDS 3600 /* then it is dated anew */

static struct span fixture_span(const char *name)
{
    const struct embedded_file *fixture = embedded_find(embedded_fixtures, name);

    return fixture ? span_of(fixture->data, fixture->len) : NO_SPAN;
}

void td_config_init(struct td_config *config)
{
    *config = (struct td_config){
        .seed = TD_SEED_DEFAULT,
        .instance = TD_INSTANCE_DEFAULT,
        .public_url = "http://localhost:8090",
        .app_compose = fixture_span("app-compose.json"),
        .app_compose_name = "app-compose",
        .app_keys_name = "app keys",
        .sys_config_name = "sys-config",
        .os_image = fixture_span("os-image.json"),
        .machine = fixture_span("machine.json"),
        .platform = fixture_span("platform.json"),
    };
}

static int read_inputs(struct td *td, const struct td_config *config, struct error *error)
{
    if (os_image_parse(&td->image, config->os_image, error))
        return error_context(error, "OS image");
    if (machine_parse(&td->machine, config->machine, error))
        return error_context(error, "machine");
    if (config->sys_config.data && machine_apply_sys_config(&td->machine, config->sys_config, error))
        return error_context(error, "%s", config->sys_config_name);
    if (platform_tcb_parse(&td->platform.tcb, config->platform, error))
        return error_context(error, "platform");
    if (app_parse(&td->app, config->app_compose, error))
        return error_context(error, "%s", config->app_compose_name);
    if (config->app_keys.data && app_keys_parse(&td->keys, config->app_keys, td->k256, error))
        return error_context(error, "%s", config->app_keys_name);
    td->encrypted_env = (uint8_t *)memory_copy(config->encrypted_env.data, config->encrypted_env.len);
    td->encrypted_env_len = config->encrypted_env.len;
    text_copy(&td->gpu_info, (const char *)config->gpu_info.data, config->gpu_info.len);
    return 0;
}

/* Who this TD is: ids, keys and platform. */
static int identify(struct td *td, const struct td_config *config, struct error *error)
{
    struct buf which;

    memcpy(td->app_id, td->keys.has_app_id ? td->keys.app_id : td->app.compose_hash, APP_ID_BYTES);
    buf_init(&which, SIZE_MAX);
    buf_append(&which, td->app_id, APP_ID_BYTES);
    buf_append_text(&which, config->instance);
    seed_bytes(&td->seed, "instance-id", buf_span(&which), td->instance_id, APP_INSTANCE_ID_BYTES);
    buf_free(&which);
    if (kms_init(&td->kms, &td->seed, td->k256, error))
        return -1;
    if (!config->app_keys.data && app_keys_issue(&td->keys, &td->kms, td->app_id, td->k256, error))
        return -1;
    return platform_init(&td->platform, &td->seed, config->public_url, error);
}

static int check_own_certificate(struct td *td, struct error *error)
{
    return td_view(td)->app_cert.len
               ? 0
               : error_internal(error, "this TD's own certificate could not be written");
}

/* An environment that cannot be decrypted is better said at the start. */
static int check_env(const struct td *td, struct error *error)
{
    struct arena arena;
    struct env env;
    int result = 0;

    arena_init(&arena);
    if (td->encrypted_env_len)
        result =
            encrypted_env_decrypt(td, span_of(td->encrypted_env, td->encrypted_env_len), &arena, &env, error);
    arena_free(&arena);
    return result;
}

struct td *td_new(const struct td_config *config, struct error *error)
{
    struct td *td = memory_zalloc(sizeof *td);

    td->k256 = k256_new();
    td->key_cache = app_key_cache_new();
    td->boot_time = time(NULL);
    seed_init(&td->seed, config->seed);
    event_log_init(&td->log);
    view_init(&td->view);
    if (read_inputs(td, config, error) || identify(td, config, error) || boot_td(td, error)) {
        td_free(td);
        return NULL;
    }
    quote_template_init(&td->quote, &td->platform);
    td_set_scenario(td, &config->scenario);
    if (check_own_certificate(td, error) || check_env(td, error)) {
        td_free(td);
        return NULL;
    }
    return td;
}

void td_free(struct td *td)
{
    if (!td)
        return;
    view_free(&td->view);
    collateral_free(&td->collateral);
    text_free(&td->vm_config);
    text_free(&td->key_provider_info);
    text_free(&td->gpu_info);
    free(td->encrypted_env);
    buf_free(&td->quote.bytes);
    event_log_free(&td->log);
    platform_free(&td->platform);
    app_keys_free(&td->keys);
    kms_free(&td->kms);
    app_free(&td->app);
    app_key_cache_free(td->key_cache);
    k256_free(td->k256);
    bytes_wipe(td, sizeof *td);
    free(td);
}

int td_emit_event(struct td *td, const char *name, struct span payload, struct error *error)
{
    if (event_log_emit(&td->log, &td->registers, name, payload, error))
        return -1;
    td->emitted++;
    td->view_is_stale = true;
    return 0;
}

void td_set_scenario(struct td *td, const struct scenario *scenario)
{
    td->scenario = *scenario;
    quote_template_set_scenario(&td->quote, &td->platform, scenario);
    collateral_free(&td->collateral);
    td->view_is_stale = true; /* this TD's own certificate holds a quote */
}

void td_snapshot_take(struct td_snapshot *snapshot, const struct td *td)
{
    *snapshot = (struct td_snapshot){.registers = td->registers, .scenario = td->scenario};
    event_log_copy(&snapshot->log, &td->log);
}

void td_snapshot_free(struct td_snapshot *snapshot)
{
    event_log_free(&snapshot->log);
}

void td_revert(struct td *td, const struct td_snapshot *snapshot)
{
    td->registers = snapshot->registers;
    event_log_copy(&td->log, &snapshot->log);
    td_set_scenario(td, &snapshot->scenario);
    td->reverts++;
}

const struct collateral *td_collateral(struct td *td, int64_t now, struct error *error)
{
    struct collateral *collateral = &td->collateral;
    bool is_fresh = collateral->tcb_info && now >= collateral->rendered_at &&
                    now - collateral->rendered_at < COLLATERAL_FRESH_SECONDS;

    if (!is_fresh && collateral_render(collateral, &td->platform, &td->scenario, now, error)) {
        collateral_free(collateral);
        return NULL;
    }
    return collateral;
}

const struct td_view *td_view(struct td *td)
{
    if (td->view_is_stale) {
        quote_template_set_registers(&td->quote, &td->registers);
        view_render(td);
        td->view_is_stale = false;
    }
    return &td->view;
}

struct span td_quote(struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES], struct arena *arena)
{
    uint8_t *quote;

    td_view(td);
    quote = arena_alloc(arena, quote_size(&td->quote));
    quote_write(&td->quote, report_data, quote);
    return span_of(quote, quote_size(&td->quote));
}

struct span td_attest(struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES], struct arena *arena)
{
    struct span quote = td_quote(td, report_data, arena);

    return attestation_scale(&td->view.attestation, quote, report_data, arena);
}
