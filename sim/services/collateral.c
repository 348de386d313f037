#include "sim/services/service.h"

#include "sim/pages/crl_pages.h"
#include "sim/pages/root_pages.h"
#include "sim/pages/tcb_pages.h"

static service_pages *const pages[] = {tcb_pages_add, crl_pages_add, root_pages_add, NULL};

const struct service collateral_service = {
    .name = "collateral",
    .summary = "What verifiers download for a quote, at the paths of Intel's PCS, and the root certificate",
    .pages = pages,
};
