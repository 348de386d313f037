#include "sim/services/simulator.h"

#include "sim/rpc/call.h"
#include "sim/services/version.h"
#include "sim/td/encrypted_env.h"

typedef Dstack__Simulator_Service Service;

static struct td *td_of(Service *service)
{
    return ((struct simulator_service *)service)->td;
}

static void reply_status(const struct td *td, Dstack__SimulatorStatus_Closure reply, void *call)
{
    Dstack__SimulatorStatus response = DSTACK__SIMULATOR_STATUS__INIT;
    const struct scenario *scenario = &td->scenario;
    char *advisories[SCENARIO_ADVISORIES];

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
    reply(&response, call);
}

static void simulator_service_status(Service *service, const Dstack__Empty *args,
                                     Dstack__SimulatorStatus_Closure reply, void *call)
{
    (void)args;
    reply_status(td_of(service), reply, call);
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
    reply_status(td_of(service), reply, call);
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

void simulator_service_init(struct simulator_service *simulator, struct td *td)
{
    simulator->service = (Service)DSTACK__SIMULATOR__INIT(simulator_service_);
    simulator->td = td;
}
