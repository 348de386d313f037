/* The pages of the KMS's own listener: /health, and its /metrics. */
#ifndef PAGES_KMS_PAGES_H
#define PAGES_KMS_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds both; the site, whose kms is set, must outlive the router. */
void kms_pages_add(const struct site *site, struct router *router);

#endif
