#include "sim/rpc/token_guard.h"

#include <stdio.h>

#include "crypto/base64.h"
#include "test/unit/rpc_fixture.h"

#define TOKEN "s3cret:of/12"
#define CHALLENGE "WWW-Authenticate: Basic realm=\"x\"\r\n"

static struct http_response response;
static struct span query; /* of the last request, as the guard left it */

static bool admits(struct rpc_fixture *fixture, bool takes_query, struct http_request request)
{
    struct exchange exchange = {.request = request,
                                .response = {.status = 200, .content_type = "x", .body = &fixture->out},
                                .arena = &fixture->arena};
    struct token_guard guard;
    bool is_admitted;

    token_guard_init(&guard, TOKEN, CHALLENGE, takes_query);
    is_admitted = token_guard_admits(&guard, &exchange);
    response = exchange.response;
    query = exchange.request.query;
    return is_admitted;
}

static bool admits_header(struct rpc_fixture *fixture, const char *authorization)
{
    return admits(fixture, true, (struct http_request){.authorization = span_text(authorization)});
}

static bool admits_basic(struct rpc_fixture *fixture, const char *pair)
{
    char header[128] = "Basic ";

    header[6 + base64_encode(pair, strlen(pair), header + 6)] = '\0';
    return admits_header(fixture, header);
}

static void a_request_without_token_is_refused(void **state)
{
    struct rpc_fixture *fixture = *state;

    buf_append_text(&fixture->out, "rest");
    assert_false(admits(fixture, true, (struct http_request){.verb = HTTP_VERB_POST}));
    assert_int_equal(response.status, 401);
    assert_string_equal(response.headers, CHALLENGE);
    assert_null(response.content_type);
    assert_int_equal(fixture->out.len, 0);
    assert_string_equal(response.remarks.reason, "it has no token, or a wrong one");
}

static void bearer_and_the_own_header_carry_it(void **state)
{
    struct rpc_fixture *fixture = *state;
    static const char *const right[] = {"Bearer " TOKEN, "bearer " TOKEN, "BEARER  " TOKEN " "};
    static const char *const wrong[] = {"Bearer",        "Bearer ",           TOKEN,
                                        "Bearer" TOKEN,  "Bearer " TOKEN "x", "Bearer s3cret",
                                        "Digest " TOKEN, "Bearer\t" TOKEN};

    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (!admits_header(fixture, right[i]))
            fail_msg("refused: %s", right[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (admits_header(fixture, wrong[i]))
            fail_msg("admitted: %s", wrong[i]);
    assert_true(admits(fixture, false, (struct http_request){.admin_token = span_text(TOKEN)}));
    assert_false(admits(fixture, false, (struct http_request){.admin_token = span_text("x")}));
}

static void basic_carries_it_as_password_or_as_lone_user(void **state)
{
    struct rpc_fixture *fixture = *state;

    assert_true(admits_basic(fixture, "anyone:" TOKEN));
    assert_true(admits_basic(fixture, ":" TOKEN));
    assert_false(admits_basic(fixture, TOKEN)); /* its colon is the first: "of/12" is the password */
    assert_false(admits_basic(fixture, TOKEN ":x"));
    assert_false(admits_basic(fixture, "anyone:"));
    assert_false(admits_basic(fixture, "anyone"));
    assert_false(admits_basic(fixture, ""));
    assert_false(admits_header(fixture, "Basic !!!"));
}

static void a_user_without_password_is_the_token(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct exchange exchange = {.request = {.authorization = span_text("Basic YWJjOg==")}, /* abc: */
                                .response = {.body = &fixture->out},
                                .arena = &fixture->arena};
    struct token_guard guard;

    token_guard_init(&guard, "abc", CHALLENGE, false);
    assert_true(token_guard_admits(&guard, &exchange));
}

static void a_get_may_have_it_in_its_query(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct span given = span_text("id=1&token=s3cret%3Aof%2F12&lines=2");

    assert_true(admits(fixture, true, (struct http_request){.verb = HTTP_VERB_GET, .query = given}));
    assert_true(span_is(query, "id=1&lines=2"));
    assert_true(admits(fixture, true, (struct http_request){.verb = HTTP_VERB_HEAD, .query = given}));
    assert_false(admits(fixture, true, (struct http_request){.verb = HTTP_VERB_POST, .query = given}));
    assert_false(admits(fixture, false, (struct http_request){.verb = HTTP_VERB_GET, .query = given}));
    assert_true(span_is(query, "id=1&token=s3cret%3Aof%2F12&lines=2"));
    assert_false(
        admits(fixture, true, (struct http_request){.verb = HTTP_VERB_GET, .query = span_text("token=x")}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(a_request_without_token_is_refused),
        RPC_TEST(bearer_and_the_own_header_carry_it),
        RPC_TEST(basic_carries_it_as_password_or_as_lone_user),
        RPC_TEST(a_user_without_password_is_the_token),
        RPC_TEST(a_get_may_have_it_in_its_query),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
