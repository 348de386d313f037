#include "sim/rpc/router.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/rpc/not_found.h"
#include "sim/rpc/proto_name.h"
#include "sim/rpc/request_path.h"
#include "sim/rpc/response_headers.h"
#include "sim/rpc/routes.h"
#include "sim/rpc/token_guard.h"

struct router {
    struct faults *faults;           /* or NULL */
    const struct token_guard *guard; /* or NULL */
    struct router_branch branch;     /* all zero: none */
    struct routes routes;
    struct not_found not_found;
};

/* The name in a branch that a path was found below; branch NULL: it is not in one. */
struct within {
    const struct router_branch *branch;
    struct span name;
};

struct router *router_new(struct faults *faults)
{
    struct router *router = memory_zalloc(sizeof *router);

    router->faults = faults;
    return router;
}

void router_set_guard(struct router *router, const struct token_guard *guard)
{
    router->guard = guard;
}

void router_free(struct router *router)
{
    if (!router)
        return;
    routes_free(&router->routes);
    router_free(router->branch.inner);
    not_found_free(&router->not_found);
    free(router);
}

static void set_method(struct route *route, const struct router_service *service, unsigned index)
{
    const ProtobufCServiceDescriptor *descriptor = service->service->descriptor;
    char label[FAULT_METHOD_BYTES];

    snprintf(label, sizeof label, "%s.%s", proto_name_short(descriptor->name, descriptor->package),
             descriptor->methods[index].name);
    free(route->label);
    route->label = memory_copy(label, strlen(label));
    route->is_method = true;
    route->is_control = service->is_control;
    route->is_background = service->is_background;
    route->refusal = service->refusal;
    route->method = (struct dispatch_method){
        .service = service->service,
        .context = service->context,
        .index = index,
        .rigour = service->is_control ? CODEC_STRICT : service->rigour,
    };
}

static void add_short(struct router *router, const char *path, const struct router_service *service,
                      unsigned index)
{
    struct route *claim = routes_find_claim(&router->routes, path);

    if (!claim) {
        claim = routes_add(&router->routes, path, router->guard);
        claim->is_short = true;
        set_method(claim, service, index);
    } else if (service->owns_short_paths) {
        claim->guard = router->guard;
        set_method(claim, service, index);
    }
}

static void add_method(struct router *router, const struct router_mount *mount,
                       const struct router_service *service, unsigned index)
{
    const ProtobufCServiceDescriptor *descriptor = service->service->descriptor;
    const char *name = descriptor->methods[index].name;
    char path[256];

    if (mount->has_service_names) {
        snprintf(path, sizeof path, "%s%s.%s", mount->directory, descriptor->short_name, name);
        set_method(routes_add(&router->routes, path, router->guard), service, index);
    }
    snprintf(path, sizeof path, "%s%s", mount->directory, name);
    if (mount->is_shared)
        add_short(router, path, service, index);
    else
        set_method(routes_add(&router->routes, path, router->guard), service, index);
}

static void add_mount(struct router *router, const struct router_mount *mount,
                      const struct router_service *service)
{
    const struct not_found_row row = {mount->directory, mount->has_service_names,
                                      service->service->descriptor, service->is_control};

    for (unsigned i = 0; i < service->service->descriptor->n_methods; i++)
        add_method(router, mount, service, i);
    if (!mount->is_website)
        not_found_add(&router->not_found, &row);
}

void router_add_service(struct router *router, const struct router_service *service)
{
    static const struct router_mount prpc[] = {ROUTER_MOUNT_PRPC, {.directory = NULL}};
    const struct router_mount *mount = service->mounts ? service->mounts : prpc;

    for (; mount->directory; mount++)
        if (!mount->is_extra || !service->is_reduced)
            add_mount(router, mount, service);
}

void router_add_page(struct router *router, const struct router_page *page)
{
    struct route *route = routes_add(&router->routes, page->path, router->guard);

    route->page = *page;
    route->page.path = route->path;
    route->is_background = page->is_background;
}

void router_set_branch(struct router *router, const struct router_branch *branch)
{
    router->branch = *branch;
}

/* A page that serves every name in its directory. */
static const struct route *find_below(const struct router *router, struct span path)
{
    const uint8_t *slash = path.len ? memrchr(path.data, '/', path.len - 1) : NULL;
    const struct route *route =
        slash ? routes_find(&router->routes, span_of(path.data, (size_t)(slash - path.data) + 1)) : NULL;

    return route && !route->is_method && route->page.is_prefix ? route : NULL;
}

static void serve_page(const struct router_page *page, struct exchange *exchange)
{
    bool get = page->verb == HTTP_VERB_GET;

    if (exchange->request.verb != page->verb && !(get && exchange->request.verb == HTTP_VERB_HEAD)) {
        exchange_fail(&exchange->response, 405,
                      get ? "this page takes GET only" : "this page takes POST only");
        exchange->response.headers = get ? "Allow: GET, HEAD\r\n" : "Allow: POST\r\n";
        return;
    }
    page->serve(page->context, exchange);
}

static void serve_method(const struct route *route, const struct within *within, struct exchange *exchange)
{
    struct dispatch_method method = route->method;
    const char *refusal;

    if (within->branch)
        method.context = within->branch->enter(within->branch->context, within->name, exchange);
    if (!method.context && within->branch)
        return;
    refusal = route->refusal ? route->refusal(method.context) : NULL;
    if (refusal)
        dispatch_fail(exchange, 503, refusal, refusal);
    else
        dispatch_call(&method, exchange);
}

static void serve_route(const struct route *route, const struct within *within, struct exchange *exchange)
{
    if (route->is_method)
        serve_method(route, within, exchange);
    else
        serve_page(&route->page, exchange);
}

/* What no decoder takes: it begins with a byte that neither JSON nor protobuf can begin with, 0xff. */
static void spoil(struct http_response *response)
{
    if (response->hold || response->stream)
        return;
    buf_reset(response->body);
    buf_append_text(response->body, "\xff garbage: a fault is set on this request \xfe");
}

/* A call that fails or is dropped never reaches its handler, so that it has no effect. */
static void serve_fault(const struct route *route, const struct fault *fault, const struct within *within,
                        struct exchange *exchange)
{
    static const char usual[] = "this request fails because a fault is set on it";
    static const char reason[] = "a fault is set on it";
    const char *message = fault->message[0] ? fault->message : usual;

    if (fault->status && route->is_method)
        dispatch_fail(exchange, (int)fault->status, message, reason);
    else if (fault->status)
        exchange_fail_quoting(&exchange->response, (int)fault->status, message, reason);
    else if (!fault->drop)
        serve_route(route, within, exchange);
    if (fault->garbage)
        spoil(&exchange->response);
    exchange->response.fault = (struct http_fault){
        .delay_ms = fault->delay_ms,
        .fails = fault->status != 0,
        .drop = fault->drop,
        .cut = fault->cut,
        .garbage = fault->garbage,
    };
}

/* Otherwise any site a developer visits could extend RTMR3. Links to pages still work. */
static void refuse_other_site(struct exchange *exchange)
{
    exchange_fail(
        &exchange->response, 403,
        "cross-site browser requests may not call methods; use the dashboard at / or another client");
}

static void serve_unknown(const struct router *router, struct exchange *exchange)
{
    if (!router->guard || token_guard_admits(router->guard, exchange))
        not_found_serve(&router->not_found, exchange);
}

static void serve_found(const struct router *router, const struct route *route, const struct within *within,
                        struct exchange *exchange)
{
    struct fault fault;

    exchange->response.label = (struct http_label){
        .method = route->label ? route->label : route->path,
        .is_background = route->is_background,
    };
    if (route->is_method && exchange->request.is_cross_site)
        refuse_other_site(exchange);
    else if (route->guard && !token_guard_admits(route->guard, exchange))
        return;
    else if (router->faults &&
             faults_take(router->faults, exchange->response.label.method, exchange->request.path,
                         route->is_method && !route->is_control, &fault))
        serve_fault(route, &fault, within, exchange);
    else
        serve_route(route, within, exchange);
    if (route->is_method)
        response_headers_of_method(exchange);
    else
        response_headers_of_page(exchange, route->page.is_public);
}

/* Splits "<directory><name>/<path of the inner router>". */
static bool is_in_branch(const struct router_branch *branch, struct span path, struct span *name,
                         struct span *inner)
{
    const size_t len = branch->directory ? strlen(branch->directory) : 0;
    const uint8_t *slash;

    if (len == 0 || path.len <= len || memcmp(path.data, branch->directory, len) != 0)
        return false;
    slash = memchr(path.data + len, '/', path.len - len);
    if (!slash)
        return false;
    *name = span_of(path.data + len, (size_t)(slash - path.data) - len);
    *inner = span_of(slash, path.len - len - name->len);
    return true;
}

static void serve_branch(const struct router *router, struct span name, struct exchange *exchange)
{
    const struct within within = {&router->branch, name};
    const struct router *inner = router->branch.inner;
    const struct route *route = routes_find(&inner->routes, exchange->request.path);

    if (route)
        serve_found(inner, route, &within, exchange);
    else
        serve_unknown(inner, exchange);
}

static void serve_path(const struct router *router, struct exchange *exchange)
{
    static const struct within none = {.branch = NULL};
    const struct route *route = routes_find(&router->routes, exchange->request.path);
    struct span name;

    if (!route)
        route = find_below(router, exchange->request.path);
    if (route)
        serve_found(router, route, &none, exchange);
    else if (is_in_branch(&router->branch, exchange->request.path, &name, &exchange->request.path))
        serve_branch(router, name, exchange);
    else
        serve_unknown(router, exchange);
}

/* What outlives the handler, such as the log, keeps the path as sent. */
static void serve(void *context, struct exchange *exchange)
{
    const struct span sent = exchange->request.path;

    exchange->request.path = request_path_read(sent, exchange->arena);
    serve_path(context, exchange);
    exchange->request.path = sent;
}

struct http_handler router_handler(struct router *router)
{
    routes_settle(&router->routes);
    if (router->branch.inner)
        (void)router_handler(router->branch.inner);
    return (struct http_handler){.serve = serve, .context = router};
}

bool router_next_path(const struct router *router, size_t *cursor, struct router_path *path)
{
    const struct route *route;

    do {
        if (*cursor >= router->routes.count)
            return false;
        route = &router->routes.list[(*cursor)++];
    } while (route->is_short);
    *path = (struct router_path){.path = route->path, .guard = route->guard};
    if (route->is_method) {
        path->service = route->method.service->descriptor;
        path->method = &path->service->methods[route->method.index];
        path->rigour = route->method.rigour;
    } else {
        path->page = &route->page;
    }
    return true;
}
