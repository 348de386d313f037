/* The members of app-compose.json that dstack knows, and how each is read. */
#ifndef APP_APP_COMPOSE_MEMBERS_H
#define APP_APP_COMPOSE_MEMBERS_H

#include <jansson.h>

#include "sim/app/app_compose_data.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

/* What has been read, before it is settled where keys come from. */
struct app_compose_reading {
    struct app_compose *compose;
    bool is_kms, is_local;      /* kms_enabled, local_key_provider_enabled */
    const json_t *key_provider; /* a string, or NULL */
};

bool app_compose_members_is_known(struct span name);

/* Reads a member that is known. The error names it. */
MUST_CHECK int app_compose_members_read(struct app_compose_reading *reading, const char *name,
                                        const json_t *value, struct error *error);

/* The index-th member that dstack knows, NULL past the last; alphabetical. */
const char *app_compose_members_name(size_t index);

/* Whether a known member changes nothing here: it concerns containers, disks, swap or networks,
 * which are not simulated. */
bool app_compose_members_is_idle(const char *name);

/* The known member that an unknown one may have meant, or NULL. */
const char *app_compose_members_nearest(const char *unknown);

#endif
