#include "sim/cluster/cluster.h"

#include <stdlib.h>

#include "sim/base/embedded.h"
#include "sim/base/memory.h"

#define COLLATERAL_FRESH_SECONDS 3600 /* after that it is rendered with new dates */

void cluster_config_init(struct cluster_config *config)
{
    const struct embedded_file *platform = embedded_find(embedded_fixtures, "platform.json");

    *config = (struct cluster_config){
        .seed = CLUSTER_SEED_DEFAULT,
        .public_url = "http://localhost:8090",
        .platform = platform ? span_of(platform->data, platform->len) : SPAN_NONE,
    };
}

/* --- life cycle --- */

static int init(struct cluster *cluster, const struct cluster_config *config, struct error *error)
{
    seed_init(&cluster->seed, config->seed);
    if (platform_tcb_parse(&cluster->platform.first.tcb, config->platform, error))
        return error_context(error, "platform");
    if (kms_init(&cluster->kms, &cluster->seed, cluster->k256, error))
        return -1;
    return platform_init(&cluster->platform, &cluster->seed, config->public_url, error);
}

struct cluster *cluster_new(const struct cluster_config *config, struct error *error)
{
    struct cluster *cluster = memory_zalloc(sizeof *cluster);

    cluster->k256 = k256_new();
    cluster->clock = config->clock;
    cluster->scenario = cluster->scenario_at_start = config->scenario;
    cluster->shared = (struct td_shared){
        .seed = &cluster->seed,
        .k256 = cluster->k256,
        .kms = &cluster->kms,
        .platform = &cluster->platform,
        .scenario = &cluster->scenario,
        .clock = &cluster->clock,
    };
    if (init(cluster, config, error)) {
        cluster_free(cluster);
        return NULL;
    }
    return cluster;
}

void cluster_free(struct cluster *cluster)
{
    if (!cluster)
        return;
    while (cluster->first)
        cluster_remove(cluster, cluster->first);
    collateral_free(&cluster->collateral);
    platform_free(&cluster->platform);
    kms_free(&cluster->kms);
    k256_free(cluster->k256);
    bytes_wipe(cluster, sizeof *cluster);
    free(cluster);
}

struct td *cluster_add(struct cluster *cluster, const struct td_config *config, struct error *error)
{
    struct td *td = td_new(&cluster->shared, cluster->last_number + 1, config, error);

    if (!td)
        return NULL;
    cluster->last_number++;
    td->previous = cluster->last;
    *(cluster->last ? &cluster->last->next : &cluster->first) = td;
    cluster->last = td;
    return td;
}

void cluster_remove(struct cluster *cluster, struct td *td)
{
    if (td == cluster->first)
        cluster->snapshot_count = 0; /* they belong to the first TD's snapshots */
    *(td->previous ? &td->previous->next : &cluster->first) = td->next;
    *(td->next ? &td->next->previous : &cluster->last) = td->previous;
    td_free(td);
}

/* --- platform --- */

void cluster_set_scenario(struct cluster *cluster, const struct scenario *scenario)
{
    cluster->scenario = *scenario;
    collateral_free(&cluster->collateral);
    for (struct td *td = cluster->first; td; td = td->next)
        td_follow_scenario(td);
}

const struct collateral *cluster_collateral(struct cluster *cluster, struct error *error)
{
    struct collateral *collateral = &cluster->collateral;
    int64_t now = clock_seconds(&cluster->clock);
    bool is_fresh = collateral->root_crl && now >= collateral->rendered_at &&
                    now - collateral->rendered_at < COLLATERAL_FRESH_SECONDS;

    if (!is_fresh && collateral_render(collateral, &cluster->platform, &cluster->scenario, now, error)) {
        collateral_free(collateral);
        return NULL;
    }
    return collateral;
}

/* --- snapshots --- */

int cluster_take_snapshot(struct cluster *cluster, struct td *td, uint32_t *id, struct error *error)
{
    if (td_take_snapshot(td, id, error))
        return -1;
    if (td != cluster->first)
        return 0;
    cluster->snapshots[cluster->snapshot_count].id = *id;
    cluster->snapshots[cluster->snapshot_count].scenario = cluster->scenario;
    cluster->snapshot_count++;
    return 0;
}

int cluster_revert(struct cluster *cluster, struct td *td, uint32_t id, struct error *error)
{
    if (td_revert(td, id, error))
        return -1;
    for (size_t i = 0; td == cluster->first && i < cluster->snapshot_count; i++)
        if (cluster->snapshots[i].id == id)
            cluster_set_scenario(cluster, &cluster->snapshots[i].scenario);
    return 0;
}

void cluster_reset(struct cluster *cluster, struct td *td)
{
    td_reset(td);
    if (td != cluster->first)
        return;
    cluster->snapshot_count = 0;
    cluster_set_scenario(cluster, &cluster->scenario_at_start);
}
