#include "sim/services/routes.h"

#include "sim/base/version.h"
#include "sim/pages/health.h"
#include "sim/pages/kms_pages.h"
#include "sim/rpc/dispatch.h"
#include "sim/rpc/openapi.h"
#include "sim/services/host_api.h"
#include "sim/services/dashboard.h"

static const struct openapi_info openapi_info = {
    .title = "dstack-simulator",
    .version = version_number,
    .text =
        "A dstack guest agent for development and tests only: its keys are derived from a public seed and "
        "protect nothing.\n\n"
        "This document describes the listener that served it; other listeners may have other services. "
        "A method answers in the encoding of the request, JSON or protobuf. In JSON, bytes are hex. "
        "`/prpc/<Method>` is short for `/prpc/<Service>.<Method>` of the first service that has that method. "
        "Services of the versioned guest API, which dstack 0.6 brought, have its version in front: "
        "`v1.DstackGuest`.\n\n"
        "Unknown methods and paths get a 404, other verbs a 405 with an `Allow` header. "
        "Errors are `{\"error\": \"what was wrong and what would be right\"}`. A call that an injected "
        "fault (`Simulator.SetFault`) makes fail returns the status of that fault.",
    .docs = &proto_docs,
};

#define ADDED_MAX 32

/* What the router already has: several services may share pages and companions. */
struct added {
    service_pages *pages[ADDED_MAX];
    size_t page_count;
    const struct service *companions[ADDED_MAX];
    size_t companion_count;
};

static void add_pages(service_pages *pages, struct added *added, const struct site *site,
                      struct router *router)
{
    for (size_t i = 0; i < added->page_count; i++)
        if (added->pages[i] == pages)
            return;
    if (added->page_count < ADDED_MAX)
        added->pages[added->page_count++] = pages;
    pages(site, router);
}

/* The VM's own sentence, if it has one. */
static const char *why_it_boots(const struct site *site)
{
    const struct vm *vm = vmm_find_td(site->vmm, site->td);

    return vm && vm->boot_error[0] ? vm->boot_error : "this TD is booting: it asks a KMS for its keys";
}

static const char *refuse_halted(const void *site)
{
    const struct td *td = ((const struct site *)site)->td;

    if (td->is_halted)
        return "this TD has been stopped; the VMM starts it (StartVm)";
    return td->is_booting ? why_it_boots(site) : NULL;
}

static void add_methods(const struct service *service, const struct site *site, struct router *router)
{
    const struct router_service row = {
        .service = service->methods,
        .context = site,
        .mounts = service->mounts,
        .owns_short_paths = service->owns_short_paths,
        .is_control = service->is_control,
        .is_background = service->is_background,
        .rigour = site->is_strict && !service->is_lenient ? CODEC_EXACT : CODEC_LENIENT,
        .is_reduced = site->is_reduced,
        .refusal = service->is_of_td ? refuse_halted : NULL,
    };

    if (service->methods)
        router_add_service(router, &row);
}

static void add_companion(const struct service *companion, struct added *added, const struct site *site,
                          struct router *router)
{
    for (size_t i = 0; i < added->companion_count; i++)
        if (added->companions[i] == companion)
            return;
    if (added->companion_count < ADDED_MAX)
        added->companions[added->companion_count++] = companion;
    add_methods(companion, site, router);
}

static void add_service(const struct service *service, struct added *added, const struct site *site,
                        struct router *router)
{
    add_methods(service, site, router);
    for (service_pages *const *pages = service->pages; pages && *pages; pages++)
        add_pages(*pages, added, site, router);
    for (const struct service *const *companion = service->companions; companion && *companion; companion++)
        add_companion(*companion, added, site, router);
}

/* The real VMM has a listener to itself, and a token for all of it. Where others answer too, only what
 * the VMM adds asks for its token: their clients have none. */
static void add_guarded(const struct service *service, struct added *added, const struct site *site,
                        struct router *router)
{
    router_set_guard(router, service->deploys ? site->vmm_guard : NULL);
    add_service(service, added, site, router);
    router_set_guard(router, NULL);
}

/* --- each TD of the VMM --- */

static const char *why_it_is_off(const struct vm *vm, struct arena *arena)
{
    if (vm->boot_error[0])
        return arena_printf(arena, "this TD did not boot: %s", vm->boot_error);
    if (vm->is_booting)
        return "this TD is booting";
    return arena_printf(arena, "this TD is %s; the VMM starts it (StartVm)",
                        vm_status_name(vm_status_of(vm)));
}

/* A guest asks its host during its boot as well. */
static bool is_for_host(struct span path)
{
    const size_t len = sizeof HOST_API_DIRECTORY - 1;

    return path.len > len && memcmp(path.data, HOST_API_DIRECTORY, len) == 0;
}

/* The site of one TD, as the methods of its own listeners see it. */
static const void *enter_vm(const void *context, struct span name, struct exchange *exchange)
{
    const struct site *site = context;
    struct error error = {.kind = ERROR_NONE};
    struct vm *vm = vmm_find(site->vmm, arena_copy(exchange->arena, name.data, name.len), &error);
    struct site *of_vm;

    if (!vm) {
        dispatch_fail(exchange, 404, error.text, "VM not found");
        return NULL;
    }
    if (!vm->td && !is_for_host(exchange->request.path)) {
        dispatch_fail(exchange, 503, why_it_is_off(vm, exchange->arena), "the TD does not run");
        return NULL;
    }
    of_vm = arena_alloc(exchange->arena, sizeof *of_vm);
    *of_vm = *site;
    of_vm->td = vm->td;
    of_vm->vm = vm;
    return of_vm;
}

/* /vm/<id>/<path> is <path> of that TD, with what this listener serves of the first one, and the host that
 * its guest reports to, which has no token. */
static void add_vms(const struct site *site, unsigned set, struct router *router)
{
    struct router *inner = router_new(site->faults);
    struct added added = {.page_count = 0};
    const struct service *service;

    add_methods(&host_api_service, site, inner);
    router_set_guard(inner, site->vmm_guard);
    for (size_t i = 0; (service = registry_service(i)); i++) {
        if (!(set & 1u << i) || !service->is_in_vms)
            continue;
        add_methods(service, site, inner);
        for (const struct service *const *each = service->companions; each && *each; each++)
            add_companion(*each, &added, site, inner);
    }
    add_companion(&dashboard_service, &added, site, inner);
    router_set_branch(router, &(struct router_branch){
                                  .directory = "/vm/", .inner = inner, .context = site, .enter = enter_vm});
}

static bool is_only_vmm(unsigned set)
{
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (set & 1u << i && !service->deploys)
            return false;
    return set != 0;
}

/* The document where dstack's VMM has its own, next to the page that shows it, which its console opens. */
static void add_api_docs(const struct site *site, struct router *router)
{
    router_set_guard(router, site->vmm_guard);
    openapi_add(router, "/api-docs" OPENAPI_PATH, &openapi_info);
    router_set_guard(router, NULL);
}

struct router *routes_new(const struct site *site, unsigned set)
{
    struct router *router = router_new(site->faults);
    struct added added = {.page_count = 0};
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (set & 1u << i)
            add_guarded(service, &added, site, router);
    if (site->has_vmm)
        add_vms(site, set, router);
    health_add(site, router);
    if (site->has_vmm)
        add_api_docs(site, router);
    router_set_guard(router, is_only_vmm(set) ? site->vmm_guard : NULL);
    openapi_add(router, OPENAPI_PATH, &openapi_info);
    return router;
}

struct router *routes_new_kms(const struct site *site)
{
    const char name[] = "kms";
    const unsigned set = registry_set(name, sizeof name - 1);
    struct router *router = router_new(site->faults);
    const struct service *service;

    for (size_t i = 0; (service = registry_service(i)); i++)
        if (set & 1u << i)
            add_methods(service, site, router);
    kms_pages_add(site, router);
    health_add(site, router);
    openapi_add(router, OPENAPI_PATH, &openapi_info);
    return router;
}
