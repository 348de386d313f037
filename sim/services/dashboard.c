#include "sim/services/dashboard.h"

#include "proto/dashboard.pb-c.h"
#include "sim/base/version.h"
#include "sim/services/platform_message.h"
#include "sim/services/reply.h"

#define FAULT_LINE_BYTES 256

typedef Dstack__Dashboard_Service Service;

/* --- identity and platform --- */

static void reply_identity(const struct td *td, bool is_private, Dstack__DashboardState *response)
{
    response->app_name = td->app.says.name;
    response->app_id = call_bytes(td->identity.app_id, sizeof td->identity.app_id);
    response->instance_id = call_bytes(td->identity.instance_id, td->identity.instance_id_len);
    response->device_id = call_bytes(td->identity.device_id, sizeof td->identity.device_id);
    if (is_private)
        return;
    response->compose_hash = call_bytes(td->identity.compose_hash, sizeof td->identity.compose_hash);
    response->os_image_hash = call_bytes(td->identity.os_image_hash, sizeof td->identity.os_image_hash);
    /* Not from the TCB info, which would have to be rendered again every second. */
    response->mr_aggregated = call_bytes(td_aggregate(td), REGISTERS_AGGREGATE_BYTES);
}

/* --- measurements --- */

static void reply_registers(const struct registers *registers, struct arena *arena,
                            Dstack__DashboardState *response)
{
    response->mrtd = call_bytes(registers->mrtd, sizeof registers->mrtd);
    response->mr_config_id = call_bytes(registers->config_id, sizeof registers->config_id);
    response->rtmrs = arena_alloc(arena, RTMR_COUNT * sizeof *response->rtmrs);
    response->n_rtmrs = RTMR_COUNT;
    for (size_t i = 0; i < RTMR_COUNT; i++)
        response->rtmrs[i] = call_bytes(registers->rtmr[i], sizeof registers->rtmr[i]);
}

static ProtobufCBinaryData copy_register(const struct registers *registers, uint32_t imr, struct arena *arena)
{
    return call_bytes(arena_copy(arena, registers->rtmr[imr], REGISTER_BYTES), REGISTER_BYTES);
}

/* Also extends *registers with the event. */
static Dstack__DashboardEvent *describe_event(const struct event *event, size_t number,
                                              struct registers *registers, struct arena *arena)
{
    Dstack__DashboardEvent *described = arena_alloc(arena, sizeof *described);
    bool is_long = event->payload_len > DASHBOARD_PAYLOAD_BYTES_MAX;

    *described = (Dstack__DashboardEvent)DSTACK__DASHBOARD_EVENT__INIT;
    described->number = (uint32_t)number;
    described->imr = event->imr;
    described->event_type = event->type;
    described->name = unconst(event->name);
    described->digest = call_bytes(event->digest, sizeof event->digest);
    described->payload =
        call_bytes(event->payload, is_long ? DASHBOARD_PAYLOAD_BYTES_MAX : event->payload_len);
    described->payload_bytes = (uint32_t)event->payload_len;
    described->rtmr_before = copy_register(registers, event->imr, arena);
    registers_extend(registers, event->imr, event->digest);
    described->rtmr_after = copy_register(registers, event->imr, arena);
    return described;
}

/* after: how many events have been seen already. */
static void reply_events(const struct td *td, size_t after, struct arena *arena,
                         Dstack__DashboardState *response)
{
    const struct event_log *log = &td->state.log;
    size_t count = after < log->count ? log->count - after : 0;
    struct registers registers;

    response->event_count = (uint32_t)log->count;
    if (count == 0)
        return;
    if (count > DASHBOARD_EVENTS_MAX)
        count = DASHBOARD_EVENTS_MAX;
    td_registers_before(td, after, &registers);
    response->events = arena_alloc(arena, count * sizeof *response->events);
    response->n_events = count;
    for (size_t i = 0; i < count; i++)
        response->events[i] = describe_event(&log->events[after + i], after + i + 1, &registers, arena);
}

/* --- requests and controls --- */

static Dstack__DashboardRequest *describe_request(const struct stats_recent *recent, struct arena *arena)
{
    Dstack__DashboardRequest *described = arena_alloc(arena, sizeof *described);

    *described = (Dstack__DashboardRequest)DSTACK__DASHBOARD_REQUEST__INIT;
    described->number = recent->number;
    described->unix_millis = (uint64_t)recent->unix_millis;
    described->method = unconst(recent->method);
    described->verb = unconst(recent->verb);
    described->path = unconst(recent->path);
    described->status = (uint32_t)recent->status;
    described->body_bytes = recent->body_bytes;
    described->micros = recent->micros;
    described->client = unconst(recent->client);
    described->note = unconst(recent->note ? recent->note : "");
    described->reason = unconst(recent->remarks.reason);
    described->user_agent = unconst(recent->agent);
    if (recent->remarks.ignored.count) {
        described->ignored = arena_alloc(arena, HTTP_IGNORED_TEXT_BYTES);
        http_remarks_ignored(&recent->remarks, described->ignored);
    }
    return described;
}

static void reply_requests(const struct stats *stats, uint64_t after, struct arena *arena,
                           Dstack__DashboardState *response)
{
    const struct stats_recent *recent;

    response->connections_open = stats_connections_open(stats);
    response->requests_total = stats_recent_total(stats);
    response->requests = arena_alloc(arena, STATS_RECENT_MAX * sizeof *response->requests);
    while ((recent = stats_recent_after(stats, after)) != NULL) {
        response->requests[response->n_requests++] = describe_request(recent, arena);
        after = recent->number;
    }
}

static void reply_controls(const struct site *site, struct arena *arena, Dstack__DashboardState *response)
{
    const struct faults *faults = site->faults;
    const struct td *td = site->td;

    response->faults = arena_alloc(arena, FAULTS_MAX * sizeof *response->faults);
    response->n_faults = faults->count;
    for (size_t i = 0; i < faults->count; i++) {
        response->faults[i] = arena_alloc(arena, FAULT_LINE_BYTES);
        faults_describe(&faults->list[i], response->faults[i], FAULT_LINE_BYTES);
    }
    response->snapshots = arena_alloc(arena, TD_SNAPSHOTS_MAX * sizeof *response->snapshots);
    response->n_snapshots = td->snapshot_count;
    for (size_t i = 0; i < td->snapshot_count; i++)
        response->snapshots[i] = td->snapshots[i].id;
}

/* What a page needs to show the TDs beside this one. */
static void reply_deployment(const struct site *site, Dstack__DashboardState *response)
{
    const struct vm *vm = site->has_vmm ? vmm_find_td(site->vmm, site->td) : NULL;

    response->has_vmm = site->has_vmm;
    if (vm)
        response->vm = unconst(vm->id);
}

static void dashboard_state(Service *service, const Dstack__DashboardStateArgs *args,
                            Dstack__DashboardState_Closure reply, void *data)
{
    Dstack__DashboardState response = DSTACK__DASHBOARD_STATE__INIT;
    const struct site *site = service_site(data);
    const struct td *td = site->td;
    struct rpc_call *call = data;
    bool is_known = args->generation == td->generation;

    response.read_only = !site->has_control;
    response.is_private = response.read_only && !td->app.says.public_tcbinfo;
    response.generation = td->generation;
    response.version = unconst(version_number);
    response.os_version = unconst(td->image.version);
    response.health = reply_app_health(&td->health, call->arena);
    response.can_emit = !os_image_is_0_6(&td->image);
    response.process_started = (uint64_t)site->process_started;
    response.uptime_seconds = (uint64_t)(clock_monotonic_millis() - site->started_millis) / 1000;
    reply_identity(td, response.is_private, &response);
    platform_message_fill(&site->cluster->scenario, td->state.is_debug, call->arena, &response.base);
    if (!response.is_private) {
        reply_registers(&td->state.registers, call->arena, &response);
        reply_events(td, is_known ? args->after_event : 0, call->arena, &response);
    }
    reply_requests(site->stats, is_known ? args->after_request : 0, call->arena, &response);
    reply_controls(site, call->arena, &response);
    reply_deployment(site, &response);
    reply(&response, call);
}

static const Service methods = DSTACK__DASHBOARD__INIT(dashboard_);

const struct service dashboard_service = {
    .methods = &methods.base,
    .is_control = true,
    .is_background = true,
};
