/* A directory of the test's own, and a TD whose registers, events or quotes become files there. */
#ifndef TEST_TSM_FIXTURE_H
#define TEST_TSM_FIXTURE_H

#include "sim/base/log.h"
#include "test/unit/directory_fixture.h"
#include "test/unit/td_fixture.h"

struct tsm_place {
    struct directory *directory;
    struct cluster *cluster;
    struct td *td;
    struct log log; /* writes nothing */
};

/* Both return 0, or -1 if there is no directory. */

static inline int tsm_place_open(struct tsm_place *place)
{
    void *directory;

    if (directory_setup(&directory))
        return -1;
    place->directory = directory;
    place->cluster = td_fixture_cluster(NULL, NULL);
    place->td = place->cluster->first;
    place->log.level = LOG_OFF;
    return 0;
}

static inline int tsm_place_close(struct tsm_place *place)
{
    void *directory = place->directory;

    cluster_free(place->cluster);
    return directory_teardown(&directory);
}

#endif
