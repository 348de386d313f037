#include "sim/services/service.h"

const struct site *service_site(const void *call)
{
    return ((const struct rpc_call *)call)->context;
}

bool service_has_companion(const struct service *service, const struct service *companion)
{
    for (const struct service *const *each = service->companions; each && *each; each++)
        if (*each == companion)
            return true;
    return false;
}
