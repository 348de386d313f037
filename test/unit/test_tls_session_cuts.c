/* Each request of test/http/strictness.json on one TLS connection, cut at every place, as text and as a record:
 * what an HTTP session answers is what it answers to the request as it is. */
#include <jansson.h>
#include <stdio.h>

#include "test/unit/http_session_fixture.h"
#include "test/unit/tls_fixture.h"

#define ROWS "test/http/strictness.json"

struct fixture {
    struct arena arena;
    struct pki_entity ca;
    struct tls_config *server_config, *client_config;
    struct tls_session *server, *client;
    struct error error;
    json_t *rows;
};

static void step(struct tls_session *session)
{
    while (tls_session_state(session) == TLS_SHAKING && tls_session_step(session))
        continue;
}

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct tls_config_identity identity;
    size_t moved = 1;

    arena_init(&f->arena);
    tls_make_ca(&f->ca, "a CA");
    identity = tls_make_identity(&f->ca, 0, span_text("evidence"), &f->arena);
    f->server_config = tls_config_new_server(&identity, NULL, &f->error);
    f->client_config = tls_config_new_client(NULL, NULL, &f->error);
    f->server = tls_session_new(f->server_config, NULL);
    f->client = tls_session_new(f->client_config, TLS_HOST);
    while (moved > 0) {
        step(f->client);
        moved = tls_move(f->client, f->server, SIZE_MAX);
        step(f->server);
        moved += tls_move(f->server, f->client, SIZE_MAX);
    }
    f->rows = json_load_file(ROWS, JSON_ALLOW_NUL, NULL);
    *state = f;
    return f->rows && tls_session_state(f->server) == TLS_OPEN ? 0 : -1;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    json_decref(f->rows);
    tls_session_free(f->server);
    tls_session_free(f->client);
    tls_config_free(f->server_config);
    tls_config_free(f->client_config);
    pki_free(&f->ca);
    arena_free(&f->arena);
    free(f);
    return 0;
}

/* The table has bytes as the characters with their numbers. */
static struct span bytes_of(const json_t *row, struct buf *out)
{
    const json_t *send = json_object_get(row, "send");
    const char *text = json_string_value(send);

    assert_non_null(text);
    buf_reset(out);
    for (size_t i = 0; i < json_string_length(send); i++) {
        uint8_t byte = (uint8_t)text[i];

        if (byte >= 0x80)
            byte = (uint8_t)(byte << 6 | (text[++i] & 0x3f));
        buf_append_byte(out, byte);
    }
    return buf_span(out);
}

/* What a connection does with what it has received. */
static void receive(struct fixture *f, struct http_session *http, struct span bytes, struct buf *out)
{
    struct buf plain;

    buf_init(&plain, SIZE_MAX);
    assert_true(tls_session_give(f->server, bytes.data, bytes.len));
    tls_session_read(f->server, &plain);
    feed(http, plain.data, plain.len, out);
    buf_free(&plain);
    assert_int_equal(tls_session_state(f->server), TLS_OPEN);
}

#define NOWHERE SIZE_MAX
#define BETWEEN_RECORDS (SIZE_MAX - 1)

/* Writes the text as one record, or as two that are cut at in_text. Returns where to cut what is sent. */
static size_t write_records(struct fixture *f, struct span text, size_t in_text, size_t in_sent,
                            struct buf *sent)
{
    size_t between;

    if (in_text != NOWHERE) {
        tls_session_write(f->client, span_of(text.data, in_text));
        buf_append_span(sent, tls_session_output(f->client));
        text = span_of(text.data + in_text, text.len - in_text);
    }
    between = sent->len;
    tls_session_write(f->client, text);
    buf_append_span(sent, tls_session_output(f->client));
    if (in_sent == NOWHERE)
        return sent->len;
    return in_sent == BETWEEN_RECORDS ? between : in_sent;
}

/* Returns how many bytes have been sent. */
static size_t answer_over_tls(struct fixture *f, struct span text, size_t in_text, size_t in_sent,
                              struct buf *out)
{
    struct http_shared shared;
    struct http_session http;
    struct buf sent;

    http_session_shared_init(&shared);
    http_session_init(&http, &shared, &echo_handler);
    buf_init(&sent, SIZE_MAX);
    in_sent = write_records(f, text, in_text, in_sent, &sent);
    receive(f, &http, span_of(sent.data, in_sent), out);
    receive(f, &http, span_of(sent.data + in_sent, sent.len - in_sent), out);
    in_sent = sent.len;
    buf_free(&sent);
    http_session_free(&http);
    http_session_shared_free(&shared);
    return in_sent;
}

static size_t assert_same(struct fixture *f, struct span text, size_t in_text, size_t in_sent,
                          const struct buf *expected)
{
    struct buf out;
    size_t len;

    buf_init(&out, SIZE_MAX);
    len = answer_over_tls(f, text, in_text, in_sent, &out);
    if (!span_equal(buf_span(&out), buf_span(expected)))
        fail_msg("cut at %zu and %zu, %.*s is answered %.*s", in_text, in_sent, (int)text.len,
                 (const char *)text.data, (int)out.len, (const char *)out.data);
    buf_free(&out);
    return len;
}

static void the_answer_does_not_depend_on_the_cut(void **state)
{
    struct fixture *f = *state;
    struct buf text, expected;
    const json_t *row;
    size_t number, sent;

    buf_init(&text, SIZE_MAX);
    buf_init(&expected, SIZE_MAX);
    json_array_foreach(f->rows, number, row)
    {
        struct span request = bytes_of(row, &text);

        buf_reset(&expected);
        answer_in_pieces(request, 0, 0, &expected);
        for (size_t cut = 1; cut < request.len; cut++) {
            assert_same(f, request, cut, BETWEEN_RECORDS, &expected);
            assert_same(f, request, cut, NOWHERE, &expected);
        }
        sent = assert_same(f, request, NOWHERE, NOWHERE, &expected);
        assert_true(sent > request.len);
        for (size_t cut = 1; cut < sent; cut++)
            assert_same(f, request, NOWHERE, cut, &expected);
    }
    assert_true(number > 250);
    buf_free(&text);
    buf_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_answer_does_not_depend_on_the_cut, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
