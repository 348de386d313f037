#include "sim/services/service.h"

#include "proto/simulator.pb-c.h"
#include "sim/base/version.h"
#include "sim/pages/metrics.h"
#include "sim/pages/root_pages.h"
#include "sim/pages/web_pages.h"
#include "sim/services/dashboard.h"
#include "sim/services/fault_messages.h"
#include "sim/services/platform_message.h"
#include "sim/services/reply.h"

typedef Dstack__Simulator_Service Service;

static void reply_status(Dstack__SimulatorStatus_Closure reply, void *data)
{
    Dstack__SimulatorStatus response = DSTACK__SIMULATOR_STATUS__INIT;
    const struct site *site = service_site(data);
    const struct td *td = site->td;
    struct rpc_call *call = data;
    uint32_t ids[TD_SNAPSHOTS_MAX];

    platform_message_fill(&site->cluster->scenario, td->state.is_debug, call->arena, &response.base);
    response.version = unconst(version_number);
    response.os_version = unconst(td->image.version);
    response.health = reply_app_health(&td->health, call->arena);
    response.app_id = call_bytes(td->identity.app_id, sizeof td->identity.app_id);
    response.instance_id = call_bytes(td->identity.instance_id, td->identity.instance_id_len);
    response.event_count = (uint32_t)td->state.log.count;
    response.faults = fault_messages_list(site->faults, call->arena, &response.n_faults);
    for (size_t i = 0; i < td->snapshot_count; i++)
        ids[i] = td->snapshots[i].id;
    response.snapshots = ids;
    response.n_snapshots = td->snapshot_count;
    reply(&response, call);
}

static void simulator_status(Service *service, const Dstack__Empty *args,
                             Dstack__SimulatorStatus_Closure reply, void *call)
{
    reply_status(reply, call);
}

/* --- the platform --- */

static void simulator_set_platform(Service *service, const Dstack__SetPlatformArgs *args,
                                   Dstack__SimulatorStatus_Closure reply, void *data)
{
    struct rpc_call *call = data;
    struct cluster *cluster = service_site(call)->cluster;
    /* The quote version is not a fault: it stays as at the start unless the arguments have one. */
    struct scenario scenario = {.quote_version = cluster->scenario_at_start.quote_version};
    bool is_debug;

    if (platform_message_read(&args->base, &scenario, &is_debug, &call->error)) {
        reply(NULL, call);
        return;
    }
    cluster_set_scenario(cluster, &scenario);
    td_set_debug(service_site(call)->td, is_debug);
    reply_status(reply, call);
}

/* --- the app's health --- */

static void simulator_set_health(Service *service, const Dstack__SetHealthArgs *args,
                                 Dstack__SimulatorStatus_Closure reply, void *data)
{
    struct rpc_call *call = data;
    struct app_health *health = &service_site(call)->td->health;

    if (app_health_set(health, args->state, args->name, args->error, &call->error))
        reply(NULL, call);
    else
        reply_status(reply, call);
}

/* --- the environment --- */

static Dstack__EnvVar **list_vars(const struct env *env, struct arena *arena)
{
    Dstack__EnvVar **list = arena_alloc(arena, (env->count + 1) * sizeof *list);

    for (size_t i = 0; i < env->count; i++) {
        list[i] = arena_alloc(arena, sizeof **list);
        *list[i] = (Dstack__EnvVar)DSTACK__ENV_VAR__INIT;
        list[i]->key = env->vars[i].key;
        list[i]->value = env->vars[i].value;
    }
    return list;
}

static void simulator_decrypt_env(Service *service, const Dstack__DecryptEnvArgs *args,
                                  Dstack__DecryptEnvResponse_Closure reply, void *data)
{
    Dstack__DecryptEnvResponse response = DSTACK__DECRYPT_ENV_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    struct span encrypted = call_span(args->encrypted_env);
    struct env env;

    if (encrypted.len == 0)
        encrypted = td->env.encrypted;
    if (td_env_decrypt(&td->env, encrypted, call->arena, &env, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.env = list_vars(&env, call->arena);
    response.n_env = env.count;
    response.dropped = env.dropped;
    response.n_dropped = env.dropped_count;
    reply(&response, call);
}

/* --- snapshots --- */

static void simulator_reset(Service *service, const Dstack__Empty *args,
                            Dstack__SimulatorStatus_Closure reply, void *call)
{
    const struct site *site = service_site(call);

    cluster_reset(site->cluster, site->td);
    if (site->td == site->cluster->first)
        *site->faults = *site->faults_at_start;
    reply_status(reply, call);
}

static void simulator_snapshot(Service *service, const Dstack__Empty *args,
                               Dstack__SnapshotResponse_Closure reply, void *data)
{
    Dstack__SnapshotResponse response = DSTACK__SNAPSHOT_RESPONSE__INIT;
    const struct site *site = service_site(data);
    struct rpc_call *call = data;
    int failed = cluster_take_snapshot(site->cluster, site->td, &response.id, &call->error);

    reply(failed ? NULL : &response, call);
}

static void simulator_revert(Service *service, const Dstack__RevertArgs *args,
                             Dstack__SimulatorStatus_Closure reply, void *data)
{
    const struct site *site = service_site(data);
    struct rpc_call *call = data;

    if (cluster_revert(site->cluster, site->td, args->id, &call->error))
        reply(NULL, call);
    else
        reply_status(reply, call);
}

/* --- faults --- */

static void reply_faults(Dstack__FaultList_Closure reply, void *data)
{
    Dstack__FaultList response = DSTACK__FAULT_LIST__INIT;
    struct rpc_call *call = data;

    response.faults = fault_messages_list(service_site(call)->faults, call->arena, &response.n_faults);
    reply(&response, call);
}

static void simulator_set_fault(Service *service, const Dstack__SetFaultArgs *args,
                                Dstack__FaultList_Closure reply, void *data)
{
    const struct site *site = service_site(data);
    struct rpc_call *call = data;
    struct fault fault;

    if (fault_messages_read(&fault, args, &call->error) || site->check_fault(fault.method, &call->error)) {
        reply(NULL, call);
        return;
    }
    faults_seed(&fault, &site->cluster->seed);
    if (faults_set(site->faults, &fault, &call->error))
        reply(NULL, call);
    else
        reply_faults(reply, call);
}

static void simulator_clear_faults(Service *service, const Dstack__Empty *args,
                                   Dstack__FaultList_Closure reply, void *call)
{
    faults_clear(service_site(call)->faults);
    reply_faults(reply, call);
}

static const Service methods = DSTACK__SIMULATOR__INIT(simulator_);
static service_pages *const pages[] = {web_pages_add, root_pages_add, metrics_add, NULL};
static const struct service *const companions[] = {&dashboard_service, NULL};

const struct service simulator_service = {
    .name = "simulator",
    .summary = "Controls for tests: reset, snapshots, platform scenarios, faults, and the dashboard",
    .methods = &methods.base,
    .is_control = true,
    .is_private = true,
    .pages = pages,
    .companions = companions,
    .is_in_vms = true,
};
