/* Sets of services by name, for tests of what reads them. */
#ifndef TEST_REGISTRY_FIXTURE_H
#define TEST_REGISTRY_FIXTURE_H

#include "sim/services/registry.h"
#include "test/unit/vectors.h"

/* The set of one service, found without registry_set. */
static inline unsigned only(const char *name)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (strcmp(service->name, name) == 0)
            return 1u << i;
    fail_msg("no service %s", name);
    return 0;
}

#endif
