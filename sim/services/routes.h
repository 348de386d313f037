/* The services and pages of a listener, at their paths. */
#ifndef SERVICES_ROUTES_H
#define SERVICES_ROUTES_H

#include "sim/services/registry.h"

/* A router for a set of services (see registry.h) with their pages, /healthz, /readyz and
 * /openapi.json. The site must outlive it; free it with router_free. */
struct router *routes_new(const struct site *site, unsigned set);

/* The same for the KMS's own listener: its service, and its pages. site->kms must be set. */
struct router *routes_new_kms(const struct site *site);

#endif
