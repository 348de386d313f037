#include "sim/services/worker_v1.h"

#include "proto/worker_v1.pb-c.h"
#include "sim/services/reply_v1.h"

typedef Dstack__Guest__V1__Worker_Service Service;

static void worker_v1_info(Service *service, const Dstack__Guest__V1__InfoRequest *request,
                           Dstack__Guest__V1__InfoResponse_Closure reply, void *call)
{
    const struct td *td = service_site(call)->td;

    reply_v1_info(td, td->app.says.public_tcbinfo, reply, call);
}

static void worker_v1_version(Service *service, const Dstack__Guest__V1__VersionRequest *request,
                              Dstack__Guest__V1__VersionResponse_Closure reply, void *call)
{
    reply_v1_version(reply, call);
}

static void worker_v1_health(Service *service, const Dstack__Guest__V1__HealthRequest *request,
                             Dstack__Guest__V1__HealthResponse_Closure reply, void *call)
{
    Dstack__Guest__V1__HealthResponse response = DSTACK__GUEST__V1__HEALTH_RESPONSE__INIT;
    Dstack__Guest__V1__ContainerHealth container = DSTACK__GUEST__V1__CONTAINER_HEALTH__INIT;
    Dstack__Guest__V1__ContainerHealth *unhealthy = &container;
    const struct app_health_verdict *verdict = app_health_report(&service_site(call)->td->health);

    container.name = unconst(verdict->name);
    container.status = unconst(verdict->status);
    response.healthy = verdict->is_healthy;
    response.unhealthy = &unhealthy;
    response.n_unhealthy = *verdict->name ? 1 : 0;
    response.error = unconst(verdict->error);
    reply(&response, call);
}

static const Service methods = DSTACK__GUEST__V1__WORKER__INIT(worker_v1_);
static const struct router_mount mounts[] = {{.directory = "/prpc/v1/"}, {.directory = NULL}};

const struct service worker_v1_service = {
    .methods = &methods.base,
    .is_of_td = true,
    .mounts = mounts,
};
