/* TLS between two sessions, with input split at every place, and what each end refuses. */
#include "sim/net/tls_session.h"

#include "test/unit/tls_fixture.h"

struct fixture {
    struct arena arena;
    struct pki_entity ca, other_ca;
    struct tls_config_identity identity; /* of both ends */
    struct tls_config *server_config, *client_config;
    struct tls_session *server, *client;
    struct error error;
};

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    arena_init(&f->arena);
    tls_make_ca(&f->ca, "a CA");
    tls_make_ca(&f->other_ca, "another CA");
    f->identity = tls_make_identity(&f->ca, 0, span_text("evidence"), &f->arena);
    *state = f;
    return 0;
}

static void stop_talking(struct fixture *f)
{
    tls_session_free(f->server);
    tls_session_free(f->client);
    tls_config_free(f->server_config);
    tls_config_free(f->client_config);
    f->server = f->client = NULL;
    f->server_config = f->client_config = NULL;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    stop_talking(f);
    pki_free(&f->ca);
    pki_free(&f->other_ca);
    arena_free(&f->arena);
    free(f);
    return 0;
}

/* own: the client's identity, or NULL; trusted: its CA, or NULL. */
static void talk(struct fixture *f, const struct tls_config_identity *own, const char *trusted,
                 const char *host)
{
    stop_talking(f);
    f->server_config = tls_config_new_server(&f->identity, f->ca.pem, &f->error);
    f->client_config = tls_config_new_client(own, trusted, &f->error);
    assert_non_null(f->server_config);
    assert_non_null(f->client_config);
    f->server = tls_session_new(f->server_config, NULL);
    f->client = tls_session_new(f->client_config, host);
}

static void take_steps(struct tls_session *session)
{
    while (tls_session_state(session) == TLS_SHAKING && tls_session_step(session))
        continue;
}

/* Until nothing moves any more. */
static void shake_hands(struct fixture *f, size_t piece)
{
    size_t moved;

    do {
        take_steps(f->client);
        moved = tls_move(f->client, f->server, piece);
        take_steps(f->server);
        moved += tls_move(f->server, f->client, piece);
    } while (moved > 0);
}

static void assert_read(struct tls_session *session, const char *expected)
{
    struct buf plain;

    buf_init(&plain, SIZE_MAX);
    tls_session_read(session, &plain);
    assert_true(span_is(buf_span(&plain), expected));
    buf_free(&plain);
}

static void assert_talking(struct fixture *f)
{
    if (tls_session_state(f->server) != TLS_OPEN || tls_session_state(f->client) != TLS_OPEN)
        fail_msg("server: %s; client: %s", tls_session_problem(f->server), tls_session_problem(f->client));
    tls_session_write(f->client, span_text("a request"));
    tls_move(f->client, f->server, 3);
    assert_read(f->server, "a request");
    tls_session_write(f->server, span_text("an answer"));
    tls_move(f->server, f->client, 1);
    assert_read(f->client, "an answer");
}

static void both_ends_talk_however_the_bytes_come(void **state)
{
    struct fixture *f = *state;

    for (size_t piece = 1; piece < 100; piece += 7) {
        talk(f, NULL, f->ca.pem, TLS_HOST);
        shake_hands(f, piece);
        assert_talking(f);
    }
}

/* Everything the client sends before the handshake is over, cut in two at each place. */
static void a_flight_may_be_cut_anywhere(void **state)
{
    struct fixture *f = *state;
    size_t len = 2;

    for (size_t cut = 1; cut < len; cut++) {
        struct span hello;

        talk(f, NULL, NULL, TLS_HOST);
        take_steps(f->client);
        hello = tls_session_output(f->client);
        len = hello.len;
        assert_true(tls_session_give(f->server, hello.data, cut));
        take_steps(f->server);
        assert_int_equal(tls_session_state(f->server), TLS_SHAKING);
        assert_int_equal(tls_session_output(f->server).len, 0);
        assert_true(tls_session_give(f->server, hello.data + cut, len - cut));
        take_steps(f->server);
        assert_true(tls_session_output(f->server).len > 0);
    }
    assert_true(len > 100);
}

static void a_long_text_comes_in_many_records(void **state)
{
    struct fixture *f = *state;
    const size_t len = 100000;
    uint8_t *text = malloc(len);
    struct buf plain;

    for (size_t i = 0; i < len; i++)
        text[i] = (uint8_t)(i * 7 + i / 256);
    talk(f, NULL, f->ca.pem, TLS_HOST);
    shake_hands(f, 1000);
    tls_session_write(f->server, span_of(text, len));
    buf_init(&plain, SIZE_MAX);
    assert_true(tls_move(f->server, f->client, 4096) > len);
    tls_session_read(f->client, &plain);
    assert_true(span_equal(buf_span(&plain), span_of(text, len)));
    buf_free(&plain);
    free(text);
}

static void a_client_certificate_is_asked_for_but_not_required(void **state)
{
    struct fixture *f = *state;
    const struct tls_config_identity own = tls_make_identity(&f->ca, 0, span_text("the client's"), &f->arena);

    talk(f, NULL, f->ca.pem, TLS_HOST);
    shake_hands(f, SIZE_MAX);
    assert_talking(f);
    assert_int_equal(tls_session_peer(f->server).len, 0);
    talk(f, &own, f->ca.pem, TLS_HOST);
    shake_hands(f, 11);
    assert_talking(f);
    assert_non_null(
        memmem(tls_session_peer(f->server).data, tls_session_peer(f->server).len, "the client's", 12));
    assert_non_null(memmem(tls_session_peer(f->client).data, tls_session_peer(f->client).len, "evidence", 8));
}

/* A certificate as large as those that carry an attestation. */
static void a_large_certificate_is_taken(void **state)
{
    struct fixture *f = *state;
    uint8_t *evidence = memset(malloc(12000), 7, 12000);
    const struct tls_config_identity own = tls_make_identity(&f->ca, 0, span_of(evidence, 12000), &f->arena);

    talk(f, &own, f->ca.pem, TLS_HOST);
    shake_hands(f, 1000);
    assert_talking(f);
    assert_true(tls_session_peer(f->server).len > 12000);
    free(evidence);
}

static void assert_refused(struct fixture *f, const struct tls_session *session, const char *why)
{
    assert_int_equal(tls_session_state(session), TLS_FAILED);
    if (!strstr(tls_session_problem(session), why))
        fail_msg("\"%s\" does not say \"%s\"", tls_session_problem(session), why);
    assert_int_not_equal(tls_session_state(session == f->server ? f->client : f->server), TLS_SHAKING);
}

static void a_bad_client_certificate_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct tls_config_identity other = tls_make_identity(&f->other_ca, 0, span_text("x"), &f->arena);
    const struct tls_config_identity expired =
        tls_make_identity(&f->ca, 1000000000, span_text("x"), &f->arena);

    talk(f, &other, f->ca.pem, TLS_HOST);
    shake_hands(f, SIZE_MAX);
    assert_refused(f, f->server, "does not chain to the CA");
    talk(f, &expired, f->ca.pem, TLS_HOST);
    shake_hands(f, SIZE_MAX);
    assert_refused(f, f->server, "it has expired");
}

static void a_client_refuses_another_server(void **state)
{
    struct fixture *f = *state;

    talk(f, NULL, f->other_ca.pem, TLS_HOST);
    shake_hands(f, SIZE_MAX);
    assert_refused(f, f->client, "does not chain to the CA");
    talk(f, NULL, f->ca.pem, "other.example");
    shake_hands(f, SIZE_MAX);
    assert_refused(f, f->client, "it is for another name");
    talk(f, NULL, NULL, "other.example");
    shake_hands(f, SIZE_MAX);
    assert_talking(f);
}

static void what_is_no_tls_fails(void **state)
{
    struct fixture *f = *state;
    static const char request[] = "GET / HTTP/1.1\r\n\r\n";

    talk(f, NULL, NULL, TLS_HOST);
    assert_true(tls_session_give(f->server, (const uint8_t *)request, sizeof request - 1));
    take_steps(f->server);
    assert_int_equal(tls_session_state(f->server), TLS_FAILED);
    assert_true(strlen(tls_session_problem(f->server)) > 0);
}

static void a_handshake_has_a_largest_size(void **state)
{
    struct fixture *f = *state;
    uint8_t *bytes = calloc(1, TLS_SESSION_INPUT_MAX);

    talk(f, NULL, NULL, TLS_HOST);
    assert_true(tls_session_give(f->server, bytes, TLS_SESSION_INPUT_MAX));
    assert_false(tls_session_give(f->server, bytes, 1));
    assert_int_equal(tls_session_state(f->server), TLS_FAILED);
    free(bytes);
}

static void closing_is_told(void **state)
{
    struct fixture *f = *state;

    talk(f, NULL, f->ca.pem, TLS_HOST);
    shake_hands(f, SIZE_MAX);
    tls_session_write(f->client, span_text("the last"));
    tls_move(f->client, f->server, SIZE_MAX);
    tls_session_close(f->client);
    tls_move(f->client, f->server, SIZE_MAX);
    assert_read(f->server, "the last");
    assert_int_equal(tls_session_state(f->server), TLS_CLOSED);
    tls_session_write(f->server, span_text("still"));
    assert_true(tls_session_output(f->server).len > 0);
}

static void a_changed_record_fails(void **state)
{
    struct fixture *f = *state;
    struct span output;
    struct buf plain;
    uint8_t *changed;

    talk(f, NULL, f->ca.pem, TLS_HOST);
    shake_hands(f, SIZE_MAX);
    tls_session_write(f->client, span_text("a request"));
    output = tls_session_output(f->client);
    changed = (uint8_t *)arena_copy(&f->arena, output.data, output.len);
    changed[output.len - 1] ^= 1;
    assert_true(tls_session_give(f->server, changed, output.len));
    buf_init(&plain, SIZE_MAX);
    tls_session_read(f->server, &plain);
    assert_int_equal(plain.len, 0);
    assert_int_equal(tls_session_state(f->server), TLS_FAILED);
    buf_free(&plain);
}

static void texts_that_are_no_identity(void **state)
{
    struct fixture *f = *state;
    const struct tls_config_identity other = tls_make_identity(&f->ca, 0, span_text("x"), &f->arena);
    const struct tls_config_identity mixed = {f->identity.chain, other.key};

    assert_null(tls_config_new_server(&(struct tls_config_identity){"x", other.key}, NULL, &f->error));
    assert_non_null(strstr(f->error.text, "the TLS certificate is not a PEM certificate"));
    f->error = (struct error){.kind = ERROR_NONE};
    assert_null(tls_config_new_server(&(struct tls_config_identity){other.chain, "x"}, NULL, &f->error));
    assert_non_null(strstr(f->error.text, "the TLS key is not a PEM private key"));
    f->error = (struct error){.kind = ERROR_NONE};
    assert_null(tls_config_new_server(&mixed, NULL, &f->error));
    assert_non_null(strstr(f->error.text, "the TLS key is not that of the TLS certificate"));
    f->error = (struct error){.kind = ERROR_NONE};
    assert_null(tls_config_new_client(NULL, "x", &f->error));
    assert_non_null(strstr(f->error.text, "the CA of TLS is not a PEM certificate"));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(both_ends_talk_however_the_bytes_come),
        WITH(a_flight_may_be_cut_anywhere),
        WITH(a_long_text_comes_in_many_records),
        WITH(a_client_certificate_is_asked_for_but_not_required),
        WITH(a_large_certificate_is_taken),
        WITH(a_bad_client_certificate_is_refused),
        WITH(a_client_refuses_another_server),
        WITH(what_is_no_tls_fails),
        WITH(a_handshake_has_a_largest_size),
        WITH(closing_is_told),
        WITH(a_changed_record_fails),
        WITH(texts_that_are_no_identity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
