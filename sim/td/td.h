/* The simulated trust domain: its identity, its registers and event log, and what it returns to
 * apps and verifiers.
 *
 * What it shares with the other TDs of a cluster is passed in, so that there can be any number of
 * them. It changes only through the functions of the next part; what
 * responses show of it is rendered on demand. */
#ifndef TD_TD_H
#define TD_TD_H

#include "sim/app/app_health.h"
#include "sim/base/clock.h"
#include "sim/keys/keyring.h"
#include "sim/td/app_cert.h"
#include "sim/td/report_data.h"
#include "sim/td/td_config.h"
#include "sim/td/td_env.h"
#include "sim/td/view.h"
#include "sim/tdx/event_chain.h"
#include "sim/tdx/quote.h"

#define TD_SNAPSHOTS_MAX 64

/* What the TDs of a cluster share; outlives them. */
struct td_shared {
    const struct seed *seed;
    const struct k256 *k256;
    const struct kms *kms;
    const struct platform *platform;
    const struct scenario *scenario;
    const struct clock *clock;
};

/* The part of a TD that changes while it runs. */
struct td_state {
    struct registers registers;
    struct event_log log;
    bool is_debug;
};

struct td_snapshot {
    uint32_t id;
    struct td_state state;
};

struct td {
    struct td *next, *previous; /* in the list of its cluster */
    uint32_t number;            /* unique in the cluster, and never reused */
    const struct td_shared *shared;

    struct app app;
    struct app_requirements requirements;
    struct app_health health;
    struct app_keys keys;
    struct keyring keyring; /* over these keys */
    struct os_image image;
    struct machine machine;
    struct identity identity;
    struct text gpu_info;
    struct td_env env;
    char *launch_document;  /* heap: what the host hands over (see mr_config.h), or NULL */
    int64_t boot_time;      /* Unix seconds */
    bool is_halted;         /* its VM has been stopped: its services answer nothing */
    bool awaits_keys;       /* if its app uses a KMS: see td_config.h */
    bool has_keys;          /* and has been measured to the end of its boot */
    bool is_booting;        /* the same: it awaits its keys, or its certificate (see td_keys.h) */
    struct text given_cert; /* its own certificate and the CAs above it, where a KMS elsewhere signs it */

    struct td_state state;
    uint64_t emitted;    /* events ever emitted; reverts do not lower it */
    uint64_t reverts;    /* number of reverts and resets */
    uint64_t generation; /* new after each revert, reset and restart */

    struct td_state at_start;
    struct td_snapshot snapshots[TD_SNAPSHOTS_MAX];
    size_t snapshot_count;
    uint32_t last_snapshot; /* its id; ids are never reused */

    struct quote_template quote;
    struct view *view;         /* heap, like the next one; both are caches that const functions fill */
    struct event_chain *chain; /* of the current log */
};

/* Boots a TD. Returns NULL with an error that names the input that is wrong. */
struct td *td_new(const struct td_shared *shared, uint32_t number, const struct td_config *config,
                  struct error *error);
void td_free(struct td *td);

/* Boots a TD that has its keys to the end, which is the state that td_reset restores. os_image_hash: as the KMS
 * says it. Fails if its environment cannot be decrypted; then nothing has changed. */
MUST_CHECK int td_complete(struct td *td, struct span os_image_hash, struct error *error);

/* --- changing it --- */

/* Extends RTMR3 and appends to the event log; see event_log_emit for the limits. Fails on an image of
 * dstack 0.6, where apps cannot do that. */
MUST_CHECK int td_emit_event(struct td *td, const char *name, struct span payload, struct error *error);

/* Extends RTMR2 or RTMR3 by a digest, as programs in the TD can on every image; see event_log_extend. */
MUST_CHECK int td_extend(struct td *td, unsigned imr, const uint8_t digest[static REGISTER_BYTES],
                         struct error *error);

/* Logs what was measured by an extension of RTMR3; see event_log_tell. */
MUST_CHECK int td_tell_event(struct td *td, const struct event_log_line *line, struct error *error);

/* Sets whether quotes say that the TD can be debugged. */
void td_set_debug(struct td *td, bool is_debug);

/* Must be called for every TD after the shared scenario has changed. */
void td_follow_scenario(struct td *td);

/* Stores the current state under a new id. Fails if there are already TD_SNAPSHOTS_MAX. */
MUST_CHECK int td_take_snapshot(struct td *td, uint32_t *id, struct error *error);

/* Restores the state of a snapshot and keeps the snapshot. Fails for an unknown id. */
MUST_CHECK int td_revert(struct td *td, uint32_t id, struct error *error);

/* Restores the state after boot, removes all snapshots, and judges the app's health by the rules. */
void td_reset(struct td *td);

/* Halts the TD, or boots it again: then it is as after td_reset. */
void td_halt(struct td *td);
void td_reboot(struct td *td);

/* Makes a verdict on the app's health. Returns whether what is reported has changed. */
bool td_judge_health(struct td *td);

/* --- what it shows; each is valid until the next change --- */

const uint8_t *td_aggregate(const struct td *td);     /* REGISTERS_AGGREGATE_BYTES */
const struct text *td_event_log(const struct td *td); /* JSON array */
const struct text *td_tcb_info(const struct td *td);  /* JSON object */

/* RTMR0 to RTMR3 before the event with that index (see event_chain.h). */
void td_registers_before(const struct td *td, size_t index, struct registers *registers);

/* Whose signature its secp256k1 key has, as clients find out who know the KMS of this cluster. */
enum td_signature {
    TD_SIGNATURE_NONE,      /* without a KMS */
    TD_SIGNATURE_OURS,      /* over this app id */
    TD_SIGNATURE_OTHER_APP, /* over the other id that the compose hash or the app keys file would give */
    TD_SIGNATURE_OTHER_KMS, /* or over an id that is not known here */
};
enum td_signature td_app_key_signature(const struct td *td);

/* --- what it attests --- */

/* A quote over the report data, in the arena. */
struct span td_quote(const struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES],
                     struct arena *arena);

/* An attestation in that form with a quote over the report data, in the arena. quote: receives
 * the quote itself as well, unless NULL. */
struct span td_attestation(const struct td *td, enum td_attestation_form form,
                           const uint8_t report_data[static REPORT_DATA_BYTES], struct arena *arena,
                           struct span *quote);

/* What an RA-TLS certificate of the key carries, in the arena. */
void td_evidence(const struct td *td, const struct p256_key *key, struct arena *arena,
                 struct app_cert_evidence *evidence);

#endif
