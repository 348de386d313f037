/* What all TDs of one seed share, and the TDs themselves.
 *
 * A cluster is made once from its configuration and passed to whatever needs it; several can
 * coexist in one process. TDs are added and removed while it runs. The main port serves the
 * first TD. */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include "crypto/p256_memory.h"
#include "sim/td/td.h"
#include "sim/tdx/collateral.h"

#define CLUSTER_SEED_DEFAULT "dstack-simulator"

/* Its inputs; everything is copied. */
struct cluster_config {
    const char *seed;
    const char *public_url; /* the URL in certificates, without a trailing slash */
    struct span platform;   /* platform.json */
    struct scenario scenario;
    struct clock clock;
};

/* The default seed, platform and URL, and a healthy platform state. */
void cluster_config_init(struct cluster_config *config);

struct cluster {
    struct seed seed;
    struct k256 *k256;
    struct clock clock;
    struct kms kms; /* derived from the seed, even when a TD's app keys come from a file */
    struct platform platform;
    struct scenario scenario;
    struct scenario scenario_at_start;
    struct collateral collateral; /* see cluster_collateral */
    struct p256_memory verified;  /* signatures found valid; a cache */

    struct td_shared shared; /* the above, as its TDs see it */
    struct td *first, *last; /* a list, oldest first */
    uint32_t last_number;    /* TD numbers are never reused */

    /* The scenarios that go with the first TD's snapshots, under the same ids. */
    struct {
        uint32_t id;
        struct scenario scenario;
    } snapshots[TD_SNAPSHOTS_MAX];
    size_t snapshot_count;
};

/* Returns NULL with an error that names the faulty input. */
struct cluster *cluster_new(const struct cluster_config *config, struct error *error);

/* Also frees its TDs. */
void cluster_free(struct cluster *cluster);

/* Boots a TD. Returns NULL with an error that names the faulty input. */
struct td *cluster_add(struct cluster *cluster, const struct td_config *config, struct error *error);

/* Removes a TD of this cluster and frees it. */
void cluster_remove(struct cluster *cluster, struct td *td);

/* Sets what is wrong with the platform from now on, for all TDs. */
void cluster_set_scenario(struct cluster *cluster, const struct scenario *scenario);

/* The collateral for quotes of this cluster, current unless the scenario says otherwise. The
 * result is valid until the next call; NULL on error. */
const struct collateral *cluster_collateral(struct cluster *cluster, struct error *error);

/* --- snapshots of a TD; those of the first one include the scenario --- */

/* Like td_take_snapshot, td_revert and td_reset. */
MUST_CHECK int cluster_take_snapshot(struct cluster *cluster, struct td *td, uint32_t *id,
                                     struct error *error);
MUST_CHECK int cluster_revert(struct cluster *cluster, struct td *td, uint32_t id, struct error *error);
void cluster_reset(struct cluster *cluster, struct td *td);

#endif
