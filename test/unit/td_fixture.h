/* A TD with the app keys of fixtures/vectors, alone in a cluster, fresh for each test. */
#ifndef TEST_TD_FIXTURE_H
#define TEST_TD_FIXTURE_H

#include <stdio.h>

#include "sim/base/file.h"
#include "sim/cluster/cluster.h"
#include "test/unit/vectors.h"

#define APP_KEYS_VECTOR "fixtures/vectors/appkeys.json" /* tests run at the top of the tree */

/* A cluster with one TD; they are the defaults where config is NULL. */
static inline struct cluster *td_fixture_cluster(const struct cluster_config *cluster_config,
                                                 const struct td_config *td_config)
{
    struct error error = {.kind = ERROR_NONE};
    struct cluster_config default_cluster;
    struct td_config default_td;
    struct cluster *cluster;

    cluster_config_init(&default_cluster);
    td_config_init(&default_td);
    cluster = cluster_new(cluster_config ? cluster_config : &default_cluster, &error);
    if (!cluster || !cluster_add(cluster, td_config ? td_config : &default_td, &error))
        fail_msg("%s", error.text);
    return cluster;
}

/* A TD on an image of dstack 0.6; free it with td_fixture_free. */
static inline struct td *td_fixture_0_6(const char *app_compose)
{
    struct td_config config;

    td_config_init(&config);
    config.os_image = os_image_embedded(OS_IMAGE_LINE_0_6);
    config.app_compose = span_text(app_compose);
    return td_fixture_cluster(NULL, &config)->first;
}

/* The cluster of a TD that is in one. */
static inline struct cluster *td_fixture_cluster_of(const struct td *td)
{
    return (struct cluster *)(uintptr_t)((const char *)td->shared - offsetof(struct cluster, shared));
}

/* Frees a TD that is alone in its cluster, and that. */
static inline void td_fixture_free(const struct td *td)
{
    cluster_free(td_fixture_cluster_of(td));
}

/* The collateral of a TD's cluster, whose clock is set to `now` (Unix seconds). */
static inline const struct collateral *td_fixture_collateral(const struct td *td, int64_t now)
{
    struct error error = {.kind = ERROR_NONE};
    struct cluster *cluster = td_fixture_cluster_of(td);
    const struct collateral *collateral;

    cluster->clock.fixed_micros = now * 1000000;
    collateral = cluster_collateral(cluster, &error);
    if (!collateral)
        fail_msg("%s", error.text);
    return collateral;
}

static inline int td_setup(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    char *keys;
    size_t len;

    if (file_read(APP_KEYS_VECTOR, APP_KEYS_FILE_BYTES_MAX, &keys, &len, &error))
        fail_msg("%s", error.text);
    td_config_init(&config);
    config.app_keys = span_of(keys, len);
    *state = td_fixture_cluster(NULL, &config)->first;
    free(keys);
    return 0;
}

static inline int td_teardown(void **state)
{
    td_fixture_free(*state);
    return 0;
}

static inline void td_replay(const struct td *td, struct registers *replayed)
{
    memset(replayed, 0, sizeof *replayed);
    for (size_t i = 0; i < td->state.log.count; i++)
        registers_extend(replayed, td->state.log.events[i].imr, td->state.log.events[i].digest);
}

#endif
