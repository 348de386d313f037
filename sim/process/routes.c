#include "sim/process/routes.h"

#include "sim/base/version.h"
#include "sim/cli/fault_spec.h"
#include "sim/cli/listen_spec.h"
#include "sim/rpc/openapi.h"
#include "sim/services/fault_control.h"

static int set_fault(struct services *services, const struct td *td, const char *text, struct error *error)
{
    struct fault fault;

    if (fault_spec_parse(&fault, text, error) ||
        fault_control_set(&services->faults, &td->seed, &fault, error))
        return error_context(error, "--fault");
    return 0;
}

int services_init(struct services *services, struct td *td, const struct services_config *config,
                  struct error *error)
{
    services->no_control = config->no_control;
    for (size_t i = 0; i < config->fault_count; i++)
        if (set_fault(services, td, config->faults[i], error))
            return -1;
    guest_agent_init(&services->guest_agent, td);
    tappd_init(&services->tappd, td);
    worker_init(&services->worker, td);
    guest_api_init(&services->guest_api, td, NULL, NULL);
    guest_api_init(&services->host_api, td, config->shutdown, config->data);
    logs_init(&services->logs, td, config->logs_dir);
    kms_service_init(&services->kms, td);
    simulator_service_init(&services->simulator, td, &services->faults);
    dashboard_init(&services->dashboard, &services->simulator, config->stats, false);
    dashboard_init(&services->public_dashboard, &services->simulator, config->stats, true);
    collateral_pages_init(&services->collateral, td);
    verifier_init(&services->verifier, td);
    root_pages_init(&services->pages, td);
    metrics_init(&services->metrics, td, &services->faults, config->stats);
    return 0;
}

void services_free(struct services *services)
{
    simulator_service_free(&services->simulator);
}

static const struct openapi_info openapi_info = {
    .title = "dstack-simulator",
    .version = version_number,
    .text =
        "A dstack guest agent for development and tests only: its keys follow from a public seed and protect "
        "nothing.\n\n"
        "This is what the listener serves that was asked for it; others serve other services. A method "
        "answers in "
        "the encoding it was asked in, JSON or protobuf. In JSON, bytes are hex. "
        "`/prpc/<Method>` is short for `/prpc/<Service>.<Method>` where one service alone has that "
        "method.\n\n"
        "What is not described is answered with 404, another verb with 405 and an `Allow` header. "
        "Errors are `{\"error\": \"what was wrong and what would be right\"}`. A fault that was set on "
        "purpose "
        "(`Simulator.SetFault`) answers with the status it names.",
    .docs = &proto_docs,
};

struct router *routes_new(struct services *services, unsigned set)
{
    struct guest_api *guest_api = set == SERVICE_ALL ? &services->guest_api : &services->host_api;
    bool has_control = set & SERVICE_SIMULATOR && !services->no_control;
    struct dashboard *dashboard = has_control ? &services->dashboard : &services->public_dashboard;
    const struct {
        unsigned bits; /* any of these */
        struct router_service service;
    } rows[] = {
        {SERVICE_DSTACK, {.service = &services->guest_agent.service.base, .direct = "/"}},
        {SERVICE_TAPPD, {.service = &services->tappd.service.base, .wins_bare = true}},
        {SERVICE_WORKER, {.service = &services->worker.service.base}},
        {SERVICE_GUEST, {.service = &guest_api->service.base, .direct = "/api/"}},
        {SERVICE_SIMULATOR, {.service = &services->simulator.service.base, .is_control = true}},
        {SERVICE_KMS, {.service = &services->kms.service.base}},
        {SERVICE_SIMULATOR | SERVICE_WORKER,
         {.service = &dashboard->service.base, .is_control = true, .is_background = true}},
        {SERVICE_VERIFIER, {.service = &services->verifier.service.base, .direct = "/"}},
    };
    struct router *router = router_new(&services->faults);

    if (services->no_control)
        set &= ~(unsigned)SERVICE_SIMULATOR;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (set & rows[i].bits)
            router_add_service(router, &rows[i].service);
    if (set & SERVICE_WORKER)
        logs_add(&services->logs, router);
    if (set & (SERVICE_SIMULATOR | SERVICE_WORKER))
        web_pages_add(router);
    if (set & SERVICE_COLLATERAL)
        collateral_pages_add(&services->collateral, router);
    if (set & (SERVICE_SIMULATOR | SERVICE_COLLATERAL))
        root_pages_add(&services->pages, router);
    if (set & (SERVICE_SIMULATOR | SERVICE_WORKER))
        metrics_add(&services->metrics, router);
    health_add(&services->health, router);
    openapi_add(router, &openapi_info);
    return router;
}
