/* Bodies that are made while they are sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/http/http_session.h"

/* Gives "one", waits, gives "two" and ends. */
struct counting {
    struct http_stream stream;
    unsigned pulls;
    unsigned *released;
};

static enum http_stream_state pull(struct http_stream *stream, struct buf *out)
{
    struct counting *counting = (struct counting *)stream;

    switch (counting->pulls++) {
    case 0:
        buf_append_text(out, "one");
        return HTTP_STREAM_MORE;
    case 1:
        return HTTP_STREAM_WAIT;
    case 2:
        buf_append_text(out, "two, longer");
        return HTTP_STREAM_END;
    default:
        fail_msg("pulled after the end");
        return HTTP_STREAM_END;
    }
}

static void release(struct http_stream *stream)
{
    ++*((struct counting *)stream)->released;
    free(stream);
}

static const struct http_stream_actions actions = {pull, release};

struct world {
    struct http_shared shared;
    struct http_session session;
    unsigned released;
    struct http_fault fault;
};

static void serve(void *context, struct exchange *exchange)
{
    struct world *world = context;
    struct counting *counting = calloc(1, sizeof *counting);

    counting->stream.actions = &actions;
    counting->released = &world->released;
    exchange->response.content_type = "text/plain";
    exchange->response.stream = &counting->stream;
    exchange->response.fault = world->fault;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    const struct http_handler handler = {.serve = serve, .context = world};

    http_session_shared_init(&world->shared);
    http_session_init(&world->session, &world->shared, &handler);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    int result;

    http_session_free(&world->session);
    result = world->released == 1 ? 0 : -1;
    http_session_shared_free(&world->shared);
    free(world);
    return result;
}

static void ask(struct world *world, const char *request)
{
    assert_int_equal(http_session_feed(&world->session, (const uint8_t *)request, strlen(request)),
                     strlen(request));
    assert_true(world->session.has_answered);
}

static void assert_output(const struct world *world, const char *expected)
{
    struct span output = http_session_output(&world->session);

    if (!span_is(output, expected))
        fail_msg("expected %s, got %.*s", expected, (int)output.len, (const char *)output.data);
}

#define GET(version) "GET / HTTP/" version "\r\nHost: a\r\n\r\n"
#define HEAD_OF_CHUNKS "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"

static void pieces_are_chunks(void **state)
{
    struct world *world = *state;

    ask(world, GET("1.1"));
    assert_output(world, HEAD_OF_CHUNKS);
    assert_false(http_session_pull(&world->session));
    assert_output(world, "3\r\none\r\n");
    assert_true(http_session_pull(&world->session));
    assert_output(world, "");
    assert_int_equal(world->released, 0);
    assert_false(http_session_pull(&world->session));
    assert_output(world, "b\r\ntwo, longer\r\n0\r\n\r\n");
    assert_null(world->session.stream);
    assert_int_equal(world->session.answer.body_bytes, 14);
    assert_int_equal(world->session.state, HTTP_READING);
}

static void the_session_goes_on(void **state)
{
    struct world *world = *state;

    pieces_are_chunks(state);
    assert_int_equal(world->released, 1);
    world->released = 0;
    pieces_are_chunks(state);
}

static void an_old_client_reads_until_the_end(void **state)
{
    struct world *world = *state;

    ask(world, GET("1.0"));
    assert_output(world, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n");
    assert_false(http_session_pull(&world->session));
    assert_output(world, "one");
    assert_true(http_session_pull(&world->session));
    assert_false(http_session_pull(&world->session));
    assert_output(world, "two, longer");
    assert_null(world->session.stream);
    assert_int_equal(world->session.state, HTTP_OVER);
}

static void a_head_has_no_body(void **state)
{
    struct world *world = *state;

    ask(world, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_output(world, HEAD_OF_CHUNKS);
    assert_null(world->session.stream);
    assert_int_equal(world->released, 1);
}

static void the_last_response_ends_its_stream(void **state)
{
    struct world *world = *state;

    ask(world, GET("1.1"));
    assert_false(http_session_pull(&world->session));
    world->session.is_last = true;
    assert_false(http_session_pull(&world->session));
    assert_output(world, "0\r\n\r\n");
    assert_null(world->session.stream);
    assert_int_equal(world->session.state, HTTP_OVER);
}

static void a_cut_stream_has_no_last_chunk(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.cut = true};
    ask(world, GET("1.1"));
    assert_output(world, HEAD_OF_CHUNKS);
    assert_false(http_session_pull(&world->session));
    assert_output(world, "3\r\none\r\n");
    assert_null(world->session.stream);
    assert_int_equal(world->session.state, HTTP_OVER);
}

static void a_session_that_ends_early_releases_its_stream(void **state)
{
    ask(*state, GET("1.1"));
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(pieces_are_chunks),
        STREAM_TEST(the_session_goes_on),
        STREAM_TEST(an_old_client_reads_until_the_end),
        STREAM_TEST(a_head_has_no_body),
        STREAM_TEST(the_last_response_ends_its_stream),
        STREAM_TEST(a_cut_stream_has_no_last_chunk),
        STREAM_TEST(a_session_that_ends_early_releases_its_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
