/* The root certificate that quotes chain to, in PEM and in DER: at /simulator/root-ca.pem and .der,
 * and where Intel's is, at /Intel_SGX_Provisioning_Certification_RootCA.pem and .cer. Scripts of
 * all websites may read it. */
#ifndef PAGES_ROOT_PAGES_H
#define PAGES_ROOT_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the pages; the site must outlive the router. */
void root_pages_add(const struct site *site, struct router *router);

#endif
