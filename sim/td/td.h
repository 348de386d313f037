/* The simulated trust domain: one struct that holds all state.
 *
 * Built once from its configuration and passed to whoever needs it; two of them
 * can live side by side. It changes only through td_emit_event, td_set_scenario and
 * td_revert. What responses show of it is rendered when it has changed, not for each
 * request. */
#ifndef TD_TD_H
#define TD_TD_H

#include "sim/app/app.h"
#include "sim/base/arena.h"
#include "sim/base/text.h"
#include "sim/image/measurement.h"
#include "sim/image/os_image.h"
#include "sim/keys/app_key.h"
#include "sim/td/attestation.h"
#include "sim/td/report_data.h"
#include "sim/tdx/collateral.h"
#include "sim/tdx/event_log.h"
#include "sim/tdx/platform.h"
#include "sim/tdx/quote.h"

#define TD_SEED_DEFAULT "dstack-simulator"
#define TD_INSTANCE_DEFAULT "default"

/* Where its inputs come from; everything is copied. */
struct td_config {
    const char *seed;
    const char *instance;         /* tells instances of one app apart */
    const char *public_url;       /* without a slash at its end */
    struct span app_compose;      /* app-compose.json */
    struct span app_keys;         /* appkeys.json; data NULL: the seed's KMS issues them */
    const char *app_compose_name; /* how errors call these two */
    const char *app_keys_name;
    struct span os_image;        /* os-image.json */
    struct span machine;         /* machine.json */
    struct span sys_config;      /* sys-config.json; or nothing */
    const char *sys_config_name; /* how errors call it */
    struct span platform;        /* platform.json */
    struct span gpu_info;        /* text for GpuInfo */
    struct span encrypted_env;   /* as encrypted_env.h describes it; or nothing */
    struct scenario scenario;
};

/* The default app, image, machine and platform, seed and instance. */
void td_config_init(struct td_config *config);

/* What follows from registers and event log. */
struct td_view {
    struct text event_log; /* JSON array */
    struct text tcb_info;  /* JSON object */
    struct text app_cert;  /* PEM: this TD's RA-TLS certificate and its CA */
    uint8_t mr_aggregated[32];
    uint8_t mr_system[32];
    struct attestation_parts attestation;
};

/* What changes of a TD while it runs. */
struct td_snapshot {
    struct registers registers;
    struct event_log log;
    struct scenario scenario;
};

struct td {
    struct k256 *k256;
    struct seed seed;
    struct app app;
    struct kms kms; /* of the seed, also when the app keys come from a file */
    struct app_keys keys;
    struct app_key_cache *key_cache;
    struct os_image image;
    struct machine machine;
    struct platform platform;
    struct registers registers;
    struct event_log log;
    struct quote_template quote;
    struct scenario scenario;
    struct collateral collateral; /* see td_collateral */
    uint8_t app_id[APP_ID_BYTES];
    uint8_t instance_id[APP_INSTANCE_ID_BYTES];
    uint8_t os_image_hash[32];
    int64_t boot_time;             /* Unix seconds */
    struct text vm_config;         /* JSON */
    struct text key_provider_info; /* JSON */
    struct text gpu_info;
    uint8_t *encrypted_env; /* heap, or NULL */
    size_t encrypted_env_len;
    struct td_view view;
    bool view_is_stale;
    uint64_t emitted; /* how often td_emit_event has appended, whatever was taken back since */
    uint64_t reverts; /* how often events may have been taken back */
};

/* Boots a TD. NULL with an error that names the input it lies in. */
struct td *td_new(const struct td_config *config, struct error *error);
void td_free(struct td *td);

/* Extends RTMR3 and appends to the event log; see event_log_emit for the limits. */
MUST_CHECK int td_emit_event(struct td *td, const char *name, struct span payload, struct error *error);

/* The view of the present state; valid until the next change. */
const struct td_view *td_view(struct td *td);

/* What is wrong with the platform from now on. */
void td_set_scenario(struct td *td, const struct scenario *scenario);

/* Remembers the present state; td_snapshot_free it. */
void td_snapshot_take(struct td_snapshot *snapshot, const struct td *td);
void td_snapshot_free(struct td_snapshot *snapshot);

/* Takes the TD back to a state it was in. */
void td_revert(struct td *td, const struct td_snapshot *snapshot);

/* The collateral that goes with quotes of this TD, valid at `now` (Unix seconds)
 * unless the scenario says otherwise; until the next call. NULL on error. */
const struct collateral *td_collateral(struct td *td, int64_t now, struct error *error);

/* A quote over the report data, in the arena. */
struct span td_quote(struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES], struct arena *arena);

/* The same with event log and configuration, as SCALE. */
struct span td_attest(struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES],
                      struct arena *arena);

#endif
