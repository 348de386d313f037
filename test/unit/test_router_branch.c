/* A directory in which each name has the methods of another router. */
#include "sim/rpc/dispatch.h"
#include "sim/rpc/token_guard.h"
#include "test/unit/router_fixture.h"

RPC_METHOD(say_context, DstackGuest, Empty, VersionResponse)
{
    const struct rpc_call *call = data;

    say_version(call->context, reply, data);
}

static const void *enter_name(const void *context, struct span name, struct exchange *exchange)
{
    if (span_is(name, "none")) {
        dispatch_fail(exchange, 404, "there is none", "there is none");
        return NULL;
    }
    return arena_printf(exchange->arena, "%s %.*s", (const char *)context, (int)name.len, name.data);
}

/* "0" with a branch /vm/ of which the inner router has DstackGuest. */
static struct http_handler handler_with_branch(struct fixture *fixture, const struct token_guard *guard)
{
    struct router *inner = router_new(&fixture->faults);

    fixture->guest.version = say_context;
    fixture->rows[GUEST].context = "outside";
    (void)handler_of(fixture, "0");
    router_add_service(inner, &fixture->rows[KMS]);
    router_set_guard(inner, guard);
    router_add_service(inner, &fixture->rows[GUEST]);
    router_set_branch(fixture->router, &(struct router_branch){"/vm/", inner, "inside", enter_name});
    return router_handler(fixture->router);
}

static void a_branch_tells_methods_the_name_before_their_path(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_with_branch(fixture, NULL);

    assert_found(fixture, handler, "/Version", "outside");
    assert_found(fixture, handler, "/vm/one/Version", "inside one");
    assert_found(fixture, handler, "//vm//%6fne//prpc/DstackGuest.Version", "inside one");
    assert_found(fixture, handler, "/vm/two/Version", "inside two");
    assert_no_method(fixture, handler, "/vm/one/Nothing", "Nothing");
    assert_no_page(fixture, handler, "/vm/one/nothing/there");
    assert_no_page(fixture, handler, "/vm//one");
}

static void a_branch_may_refuse_a_name(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_with_branch(fixture, NULL);
    struct http_response response = serve(fixture, handler, HTTP_VERB_POST, span_text("/vm/none/Version"));

    assert_int_equal(response.status, 404);
    assert_non_null(strstr(body_of(fixture), "there is none"));
    assert_string_equal(response.label.method, "DstackGuest.Version");
}

static void a_branch_has_the_guards_of_its_own_router(void **state)
{
    struct fixture *fixture = *state;
    struct token_guard guard;
    struct http_handler handler;

    token_guard_init(&guard, "secret", "WWW-Authenticate: Basic\r\n", false);
    handler = handler_with_branch(fixture, &guard);
    assert_found(fixture, handler, "/Version", "outside");
    for (const char *const *path = (const char *const[]){"/vm/one/Version", "/vm/none/x", NULL}; *path;
         path++)
        assert_int_equal(serve(fixture, handler, HTTP_VERB_POST, span_text(*path)).status, 401);
    assert_int_equal(serve(fixture, handler, HTTP_VERB_OTHER, span_text("/vm/one/prpc/KMS.GetMeta")).status,
                     405);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(a_branch_tells_methods_the_name_before_their_path),
        ROUTER_TEST(a_branch_may_refuse_a_name),
        ROUTER_TEST(a_branch_has_the_guards_of_its_own_router),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
