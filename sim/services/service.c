#include "sim/services/service.h"

const struct site *service_site(const void *call)
{
    return ((const struct rpc_call *)call)->context;
}
