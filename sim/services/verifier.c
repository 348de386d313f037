#include "sim/services/service.h"

#include "proto/verifier.pb-c.h"
#include "sim/rpc/call.h"
#include "sim/verify/verify.h"

#define TEE_VARIANT "dstack-tdx"

typedef Dstack__Verifier_Service Service;

static ProtobufCBinaryData bytes_of(struct span span)
{
    return call_bytes(span.data, span.len);
}

static struct span text_of(const Dstack__JsonText *given)
{
    return given ? span_text(given->text) : SPAN_NONE;
}

static void show_quote(const struct verify_verdict *verdict, Dstack__VerificationDetails *details)
{
    details->quote_verified = true;
    details->has_tee_variant_case = DSTACK__VERIFICATION_DETAILS__HAS_TEE_VARIANT_TEE_VARIANT;
    details->tee_variant = unconst(TEE_VARIANT);
    details->has_report_data_case = DSTACK__VERIFICATION_DETAILS__HAS_REPORT_DATA_REPORT_DATA;
    details->report_data = call_bytes(verdict->report_data, sizeof verdict->report_data);
    details->has_tcb_status_case = DSTACK__VERIFICATION_DETAILS__HAS_TCB_STATUS_TCB_STATUS;
    details->tcb_status = unconst(tcb_status_name(verdict->tcb.status));
    details->advisory_ids = unconst(verdict->tcb.advisories);
    details->n_advisory_ids = verdict->tcb.advisory_count;
}

static void show_app(const struct verify_app *app, struct arena *arena, Dstack__VerifiedAppInfo *info)
{
    info->app_id = bytes_of(app->app_id);
    info->compose_hash = bytes_of(app->compose_hash);
    info->instance_id = bytes_of(app->instance_id);
    info->device_id = call_bytes(app->device_id, sizeof app->device_id);
    info->mr_system = call_bytes(app->mr_system, sizeof app->mr_system);
    info->mr_aggregated = call_bytes(app->mr_aggregated, sizeof app->mr_aggregated);
    info->os_image_hash = call_bytes(app->os_image_hash, sizeof app->os_image_hash);
    info->key_provider_info = bytes_of(app->key_provider_info);
    info->init_script_hashes =
        arena_alloc(arena, (app->init_script_count + 1) * sizeof *info->init_script_hashes);
    info->n_init_script_hashes = app->init_script_count;
    for (size_t i = 0; i < app->init_script_count; i++)
        info->init_script_hashes[i] = bytes_of(app->init_script_hashes[i]);
}

static void show_boot(const Dstack__VerificationDetails *details, Dstack__VerifiedBootInfo *boot)
{
    const Dstack__VerifiedAppInfo *app = details->app_info;

    boot->teevariant = details->tee_variant;
    boot->mraggregated = app->mr_aggregated;
    boot->osimagehash = app->os_image_hash;
    boot->mrsystem = app->mr_system;
    boot->appid = app->app_id;
    boot->composehash = app->compose_hash;
    boot->instanceid = app->instance_id;
    boot->deviceid = app->device_id;
    boot->keyproviderinfo = app->key_provider_info;
    boot->tcbstatus = details->tcb_status;
    boot->advisoryids = details->advisory_ids;
    boot->n_advisoryids = details->n_advisory_ids;
}

static void show_verdict(const struct verify_verdict *verdict, bool is_valid,
                         Dstack__VerificationResponse *response, Dstack__VerificationDetails *details)
{
    response->is_valid = is_valid;
    response->details = details;
    details->event_log_verified = verdict->event_log_verified;
    details->os_image_hash_verified = verdict->os_image_hash_verified;
    if (verdict->quote_verified)
        show_quote(verdict, details);
    if (is_valid)
        return;
    response->has_reason_case = DSTACK__VERIFICATION_RESPONSE__HAS_REASON_REASON;
    response->reason = unconst(verdict->reason.text);
}

static void reply_verdict(const struct verify_verdict *verdict, bool is_valid,
                          Dstack__VerificationResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__VerificationResponse response = DSTACK__VERIFICATION_RESPONSE__INIT;
    Dstack__VerificationDetails details;
    Dstack__VerifiedKeyProvider provider = DSTACK__VERIFIED_KEY_PROVIDER__INIT;
    Dstack__VerifiedAppInfo app = DSTACK__VERIFIED_APP_INFO__INIT;
    Dstack__VerifiedBootInfo boot = DSTACK__VERIFIED_BOOT_INFO__INIT;

    dstack__verification_details__init(&details); /* the macro lacks the braces of the union */
    show_verdict(verdict, is_valid, &response, &details);
    if (is_valid) {
        show_app(&verdict->app, call->arena, &app);
        details.app_info = &app;
        show_boot(&details, &boot);
        details.boot_info = &boot;
    }
    if (is_valid && verdict->app.key_provider_name) {
        provider.name = unconst(verdict->app.key_provider_name);
        provider.id = unconst(verdict->app.key_provider_id);
        details.key_provider = &provider;
    }
    reply(&response, call);
}

static void verifier_verify(Service *service, const Dstack__VerifyRequest *args,
                            Dstack__VerificationResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;
    struct cluster *cluster = service_site(data)->cluster;
    const struct evidence_request request = {
        .quote = text_of(args->quote),
        .event_log = text_of(args->event_log),
        .vm_config = text_of(args->vm_config),
        .attestation = text_of(args->attestation),
    };
    const struct quote_authority authority = {
        .platform = &cluster->platform,
        .collateral = cluster_collateral(cluster, &call->error),
        .now = clock_seconds(&cluster->clock),
        .memory = &cluster->verified,
    };
    struct verify_verdict verdict;
    bool is_valid;

    if (!authority.collateral) {
        reply(NULL, call);
        return;
    }
    is_valid = verify_evidence(&request, &authority, call->arena, &verdict);
    reply_verdict(&verdict, is_valid, reply, call);
}

static void verifier_health(Service *service, const Dstack__Empty *args, Dstack__HealthResponse_Closure reply,
                            void *call)
{
    Dstack__HealthResponse response = DSTACK__HEALTH_RESPONSE__INIT;

    response.status = unconst("ok");
    response.service = unconst("dstack-verifier");
    reply(&response, call);
}

static const Service methods = DSTACK__VERIFIER__INIT(verifier_);
static const struct router_mount mounts[] = {
    ROUTER_MOUNT_PRPC,
    {.directory = "/", .is_website = true},
    {.directory = NULL},
};

const struct service verifier_service = {
    .name = "verifier",
    .summary = "dstack-verifier's API: whether a quote is genuine, and what runs in its TD",
    .mounts = mounts,
    .is_lenient = true,
    .methods = &methods.base,
};
