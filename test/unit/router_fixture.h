/* What the tests of the router share: services whose methods say whose they are, and
 * requests without a network. */
#ifndef TEST_ROUTER_FIXTURE_H
#define TEST_ROUTER_FIXTURE_H

#include "sim/rpc/router.h"

#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "proto/guest_api.pb-c.h"
#include "proto/kms.pb-c.h"
#include "proto/tappd.pb-c.h"
#include "proto/worker.pb-c.h"
#include "test/unit/rpc_fixture.h"

/* Methods that say whose they are. */

static inline void say_version(const char *who, Dstack__VersionResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;

    response.version = arena_copy(call->arena, who, strlen(who));
    reply(&response, data);
}

static inline void say_info(const char *who, Dstack__AppInfo_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;

    response.app_name = arena_copy(call->arena, who, strlen(who));
    reply(&response, data);
}

static inline void say_guest_info(const char *who, Dstack__GuestInfo_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__GuestInfo response = DSTACK__GUEST_INFO__INIT;

    response.version = arena_copy(call->arena, who, strlen(who));
    reply(&response, data);
}

#define SAYS_WHO(name, owner, response_type, say)                                                            \
    RPC_METHOD(name, owner, Empty, response_type)                                                            \
    {                                                                                                        \
        say(#owner, reply, data);                                                                            \
    }

SAYS_WHO(guest_version, DstackGuest, VersionResponse, say_version)
SAYS_WHO(guest_info, DstackGuest, AppInfo, say_info)
SAYS_WHO(tappd_version, Tappd, VersionResponse, say_version)
SAYS_WHO(tappd_info, Tappd, AppInfo, say_info)
SAYS_WHO(worker_version, Worker, VersionResponse, say_version)
SAYS_WHO(worker_info, Worker, AppInfo, say_info)
SAYS_WHO(guest_api_info, GuestApi, GuestInfo, say_guest_info)

RPC_METHOD(guest_get_key, DstackGuest, GetKeyArgs, GetKeyResponse)
{
    const Dstack__GetKeyResponse response = DSTACK__GET_KEY_RESPONSE__INIT;

    reply(&response, data);
}

RPC_METHOD(tappd_derive_k256_key, Tappd, GetKeyArgs, DeriveK256KeyResponse)
{
    const Dstack__DeriveK256KeyResponse response = DSTACK__DERIVE_K256_KEY_RESPONSE__INIT;

    reply(&response, data);
}

/* As the services themselves are mounted. */
static const struct router_mount guest_mounts[] = {
    ROUTER_MOUNT_PRPC_EXTRA, {.directory = "/"}, {.directory = "/v0/"}, {.directory = NULL}};
static const struct router_mount worker_mounts[] = {
    ROUTER_MOUNT_PRPC, {.directory = "/prpc/v0/", .has_service_names = true}, {.directory = NULL}};
static const struct router_mount api_mounts[] = {
    ROUTER_MOUNT_PRPC_EXTRA, {.directory = "/api/"}, {.directory = NULL}};

static const struct router_mount website_mounts[] = {{.directory = "/", .is_website = true},
                                                     {.directory = NULL}};

struct fixture {
    Dstack__DstackGuest_Service guest;
    Dstack__Tappd_Service tappd;
    Dstack__Worker_Service worker;
    Dstack__GuestApi_Service guest_api;
    Dstack__KMS_Service kms; /* its methods are never called */
    struct router_service rows[5];
    struct router *router;
    struct arena arena;
    struct buf body;
    struct faults faults;
};

enum row { GUEST, TAPPD, WORKER, GUEST_API, KMS };

static inline int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->guest = (Dstack__DstackGuest_Service){.base = DSTACK__DSTACK_GUEST__BASE_INIT,
                                             .get_key = guest_get_key,
                                             .info = guest_info,
                                             .version = guest_version};
    f->tappd = (Dstack__Tappd_Service){.base = DSTACK__TAPPD__BASE_INIT,
                                       .derive_k256_key = tappd_derive_k256_key,
                                       .info = tappd_info,
                                       .version = tappd_version};
    f->worker = (Dstack__Worker_Service){
        .base = DSTACK__WORKER__BASE_INIT, .info = worker_info, .version = worker_version};
    f->guest_api = (Dstack__GuestApi_Service){.base = DSTACK__GUEST_API__BASE_INIT, .info = guest_api_info};
    f->kms = (Dstack__KMS_Service){.base = DSTACK__KMS__BASE_INIT};
    f->rows[GUEST] = (struct router_service){.service = &f->guest.base, .mounts = guest_mounts};
    f->rows[TAPPD] = (struct router_service){.service = &f->tappd.base, .owns_short_paths = true};
    f->rows[WORKER] = (struct router_service){.service = &f->worker.base, .mounts = worker_mounts};
    f->rows[GUEST_API] = (struct router_service){.service = &f->guest_api.base, .mounts = api_mounts};
    f->rows[KMS] = (struct router_service){.service = &f->kms.base};
    f->router = router_new(&f->faults);
    arena_init(&f->arena);
    buf_init(&f->body, SIZE_MAX);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *fixture = *state;

    router_free(fixture->router);
    arena_free(&fixture->arena);
    buf_free(&fixture->body);
    free(fixture);
    return 0;
}

#define ROUTER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* The services of a listener, as digits: "01" is DstackGuest and Tappd, in this order. */
static inline struct http_handler handler_of(struct fixture *fixture, const char *rows)
{
    router_free(fixture->router);
    fixture->router = router_new(&fixture->faults);
    for (; *rows; rows++)
        router_add_service(fixture->router, &fixture->rows[*rows - '0']);
    return router_handler(fixture->router);
}

static inline struct http_response serve(struct fixture *fixture, struct http_handler handler,
                                         enum http_verb verb, struct span path)
{
    struct exchange exchange = {
        .request = {.verb = verb, .path = path},
        .response = {.status = 200, .body = &fixture->body},
        .arena = &fixture->arena,
    };

    buf_reset(&fixture->body);
    handler.serve(handler.context, &exchange);
    buf_append_byte(&fixture->body, 0);
    return exchange.response;
}

static inline const char *body_of(const struct fixture *fixture)
{
    return (const char *)fixture->body.data;
}

static inline void assert_found(struct fixture *fixture, struct http_handler handler, const char *path,
                                const char *who)
{
    struct http_response response = serve(fixture, handler, HTTP_VERB_GET, span_text(path));
    char quoted[64];

    snprintf(quoted, sizeof quoted, "\"%s\"", who);
    if (response.status != 200 || !strstr(body_of(fixture), quoted))
        fail_msg("%s: %d %s", path, response.status, body_of(fixture));
}

/* Nothing is served at the path, and no API that is served has its names there. */
static inline void assert_no_page(struct fixture *fixture, struct http_handler handler, const char *path)
{
    struct http_response response = serve(fixture, handler, HTTP_VERB_GET, span_text(path));

    if (response.status != 404 || strcmp(response.content_type, "text/plain") != 0 ||
        strstr(body_of(fixture), "Service not found"))
        fail_msg("%s: %d %s", path, response.status, body_of(fixture));
    assert_null(response.label.method);
}

/* An API that is served would have a method of this name at the path. */
static inline void assert_no_method(struct fixture *fixture, struct http_handler handler, const char *path,
                                    const char *name)
{
    struct http_response response = serve(fixture, handler, HTTP_VERB_GET, span_text(path));
    char expected[256];

    snprintf(expected, sizeof expected, "{\"error\":\"Service not found: %s\"}", name);
    if (response.status != 404 || strcmp(body_of(fixture), expected) != 0)
        fail_msg("%s: %d %s", path, response.status, body_of(fixture));
    assert_string_equal(response.content_type, "application/json");
    assert_null(response.label.method);
}

#endif
