#include "sim/services/simulator.h"

#include "sim/base/version.h"
#include "sim/rpc/call.h"
#include "sim/services/fault_control.h"
#include "sim/td/encrypted_env.h"

typedef Dstack__Simulator_Service Service;

static struct simulator_service *simulator_of(Service *service)
{
    return (struct simulator_service *)service;
}

static struct td *td_of(Service *service)
{
    return simulator_of(service)->td;
}

static void reply_status(const struct simulator_service *simulator, Dstack__SimulatorStatus_Closure reply,
                         void *data)
{
    Dstack__SimulatorStatus response = DSTACK__SIMULATOR_STATUS__INIT;
    struct rpc_call *call = data;
    const struct td *td = simulator->td;
    const struct scenario *scenario = &td->scenario;
    char *advisories[SCENARIO_ADVISORIES_MAX];
    uint32_t ids[SIMULATOR_SNAPSHOTS_MAX];

    for (size_t i = 0; i < scenario->advisory_count; i++)
        advisories[i] = (char *)(uintptr_t)scenario->advisories[i];
    response.tcb_status = (char *)(uintptr_t)tcb_status_name(scenario->tcb_status);
    response.advisories = advisories;
    response.n_advisories = scenario->advisory_count;
    response.debug_td = scenario->debug_td;
    response.pck_revoked = scenario->pck_revoked;
    response.collateral_expired = scenario->collateral_expired;
    response.key_not_vouched = scenario->key_not_vouched;
    response.version = (char *)(uintptr_t)version_number;
    response.app_id = rpc_bytes(td->app_id, sizeof td->app_id);
    response.instance_id = rpc_bytes(td->instance_id, sizeof td->instance_id);
    response.event_count = (uint32_t)td->log.count;
    response.faults = fault_control_list(simulator->faults, call->arena, &response.n_faults);
    for (size_t i = 0; i < simulator->snapshot_count; i++)
        ids[i] = simulator->snapshots[i].id;
    response.snapshots = ids;
    response.n_snapshots = simulator->snapshot_count;
    reply(&response, call);
}

static void simulator_service_status(Service *service, const Dstack__Empty *args,
                                     Dstack__SimulatorStatus_Closure reply, void *call)
{
    (void)args;
    reply_status(simulator_of(service), reply, call);
}

static int read_scenario(const Dstack__SetPlatformArgs *args, struct scenario *scenario, struct error *error)
{
    *scenario = (struct scenario){
        .debug_td = args->debug_td,
        .pck_revoked = args->pck_revoked,
        .collateral_expired = args->collateral_expired,
        .key_not_vouched = args->key_not_vouched,
    };
    if (*args->tcb_status && scenario_set_status(scenario, args->tcb_status, error))
        return error_context(error, "tcb_status");
    for (size_t i = 0; i < args->n_advisories; i++)
        if (scenario_add_advisory(scenario, args->advisories[i], error))
            return error_context(error, "advisories");
    return 0;
}

static void simulator_service_set_platform(Service *service, const Dstack__SetPlatformArgs *args,
                                           Dstack__SimulatorStatus_Closure reply, void *data)
{
    struct rpc_call *call = data;
    struct scenario scenario;

    if (read_scenario(args, &scenario, &call->error)) {
        reply(NULL, call);
        return;
    }
    td_set_scenario(td_of(service), &scenario);
    reply_status(simulator_of(service), reply, call);
}

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

static void simulator_service_decrypt_env(Service *service, const Dstack__DecryptEnvArgs *args,
                                          Dstack__DecryptEnvResponse_Closure reply, void *data)
{
    Dstack__DecryptEnvResponse response = DSTACK__DECRYPT_ENV_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = td_of(service);
    struct span encrypted = rpc_span(args->encrypted_env);
    struct env env;

    if (encrypted.len == 0)
        encrypted = span_of(td->encrypted_env, td->encrypted_env_len);
    if (encrypted_env_decrypt(td, encrypted, call->arena, &env, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.env = list_vars(&env, call->arena);
    response.n_env = env.count;
    reply(&response, call);
}

/* --- going back --- */

static void forget_snapshots(struct simulator_service *simulator)
{
    for (size_t i = 0; i < simulator->snapshot_count; i++)
        td_snapshot_free(&simulator->snapshots[i].state);
    simulator->snapshot_count = 0;
}

static void simulator_service_reset(Service *service, const Dstack__Empty *args,
                                    Dstack__SimulatorStatus_Closure reply, void *call)
{
    struct simulator_service *simulator = simulator_of(service);

    (void)args;
    td_revert(simulator->td, &simulator->at_start);
    *simulator->faults = simulator->faults_at_start;
    forget_snapshots(simulator);
    reply_status(simulator, reply, call);
}

static void simulator_service_snapshot(Service *service, const Dstack__Empty *args,
                                       Dstack__SnapshotResponse_Closure reply, void *data)
{
    Dstack__SnapshotResponse response = DSTACK__SNAPSHOT_RESPONSE__INIT;
    struct simulator_service *simulator = simulator_of(service);
    struct rpc_call *call = data;
    size_t index = simulator->snapshot_count;

    (void)args;
    if (index == SIMULATOR_SNAPSHOTS_MAX) {
        error_input(&call->error, "there are %d snapshots already; Reset forgets them",
                    SIMULATOR_SNAPSHOTS_MAX);
        reply(NULL, call);
        return;
    }
    simulator->snapshot_count++;
    simulator->snapshots[index].id = ++simulator->last_id;
    td_snapshot_take(&simulator->snapshots[index].state, simulator->td);
    response.id = simulator->last_id;
    reply(&response, call);
}

static void simulator_service_revert(Service *service, const Dstack__RevertArgs *args,
                                     Dstack__SimulatorStatus_Closure reply, void *data)
{
    struct simulator_service *simulator = simulator_of(service);
    struct rpc_call *call = data;

    for (size_t i = 0; i < simulator->snapshot_count; i++) {
        if (simulator->snapshots[i].id == args->id) {
            td_revert(simulator->td, &simulator->snapshots[i].state);
            reply_status(simulator, reply, call);
            return;
        }
    }
    error_input(&call->error,
                "there is no snapshot %u; Snapshot answers the id of a new one, Status lists all", args->id);
    reply(NULL, call);
}

/* --- faults --- */

static void reply_faults(const struct faults *faults, Dstack__FaultList_Closure reply, void *data)
{
    Dstack__FaultList response = DSTACK__FAULT_LIST__INIT;
    struct rpc_call *call = data;

    response.faults = fault_control_list(faults, call->arena, &response.n_faults);
    reply(&response, call);
}

static void simulator_service_set_fault(Service *service, const Dstack__SetFaultArgs *args,
                                        Dstack__FaultList_Closure reply, void *data)
{
    struct simulator_service *simulator = simulator_of(service);
    struct rpc_call *call = data;
    struct fault fault;

    if (fault_control_read(&fault, args, &call->error) ||
        fault_control_set(simulator->faults, &simulator->td->seed, &fault, &call->error))
        reply(NULL, call);
    else
        reply_faults(simulator->faults, reply, call);
}

static void simulator_service_clear_faults(Service *service, const Dstack__Empty *args,
                                           Dstack__FaultList_Closure reply, void *call)
{
    struct simulator_service *simulator = simulator_of(service);

    (void)args;
    faults_clear(simulator->faults);
    reply_faults(simulator->faults, reply, call);
}

void simulator_service_init(struct simulator_service *simulator, struct td *td, struct faults *faults)
{
    *simulator = (struct simulator_service){.td = td, .faults = faults, .faults_at_start = *faults};
    simulator->service = (Service)DSTACK__SIMULATOR__INIT(simulator_service_);
    td_snapshot_take(&simulator->at_start, td);
}

void simulator_service_free(struct simulator_service *simulator)
{
    forget_snapshots(simulator);
    td_snapshot_free(&simulator->at_start);
}
