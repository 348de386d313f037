/* What all TDs of one seed share, and the TDs.
 *
 * A cluster is made once from its configuration and passed to whatever needs it; two of them
 * can live side by side. TDs are added and removed while it runs. The first TD is the one that
 * the main port serves. */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include "sim/td/td.h"
#include "sim/tdx/collateral.h"

#define CLUSTER_SEED_DEFAULT "dstack-simulator"

/* Where its inputs come from; everything is copied. */
struct cluster_config {
    const char *seed;
    const char *public_url; /* what certificates point to; without a slash at its end */
    struct span platform;   /* platform.json */
    struct scenario scenario;
    struct clock clock;
};

/* The default seed, platform and URL, with nothing wrong. */
void cluster_config_init(struct cluster_config *config);

struct cluster {
    struct seed seed;
    struct k256 *k256;
    struct clock clock;
    struct kms kms; /* of the seed, also when a TD's app keys come from a file */
    struct platform platform;
    struct scenario scenario;
    struct scenario scenario_at_start;
    struct collateral collateral; /* see cluster_collateral */

    struct td_shared shared; /* all of that as its TDs see it */
    struct td *first;        /* in the order of adding */
    uint32_t last_number;    /* numbers of TDs are never reused */

    /* The scenario goes with the first TD's snapshots, under the same ids. */
    struct {
        uint32_t id;
        struct scenario scenario;
    } snapshots[TD_SNAPSHOTS_MAX];
    size_t snapshot_count;
};

/* NULL with an error that names the input it lies in. */
struct cluster *cluster_new(const struct cluster_config *config, struct error *error);

/* Also frees its TDs. */
void cluster_free(struct cluster *cluster);

/* Boots a TD. NULL with an error that names the input it lies in. */
struct td *cluster_add(struct cluster *cluster, const struct td_config *config, struct error *error);

/* Frees a TD of this cluster. */
void cluster_remove(struct cluster *cluster, struct td *td);

/* What is wrong with the platform from now on, for all TDs. */
void cluster_set_scenario(struct cluster *cluster, const struct scenario *scenario);

/* The collateral that goes with quotes of this cluster, valid now unless the scenario says
 * otherwise; until the next call. NULL on error. */
const struct collateral *cluster_collateral(struct cluster *cluster, struct error *error);

/* --- going back: a TD, and with the first one the scenario --- */

/* As td_take_snapshot, td_revert and td_reset. */
MUST_CHECK int cluster_take_snapshot(struct cluster *cluster, struct td *td, uint32_t *id,
                                     struct error *error);
MUST_CHECK int cluster_revert(struct cluster *cluster, struct td *td, uint32_t id, struct error *error);
void cluster_reset(struct cluster *cluster, struct td *td);

#endif
