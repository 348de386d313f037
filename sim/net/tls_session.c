#include "sim/net/tls_session.h"

#include <mbedtls/error.h>
#include <mbedtls/version.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/net/tls_peer_chain.h"
#include "sim/net/tls_state.h"

#define PROBLEM_BYTES 160
#define RECORD_BYTES 16384
#define KEPT_BYTES 4096 /* of output that has been sent */

struct tls_session {
    mbedtls_ssl_context ssl;
    enum tls_phase state;
    struct buf input; /* received, not yet read by mbedTLS */
    size_t input_at;
    struct buf output;
    bool has_output_been_taken;
    bool wants_input; /* the last step found too little of it */
    struct tls_peer_chain peer_chain;
    uint32_t refused; /* MBEDTLS_X509_BADCERT_ flags of the other end's chain */
    char problem[PROBLEM_BYTES];
};

/* --- mbedTLS's side --- */

static int on_send(void *data, const unsigned char *bytes, size_t len)
{
    struct tls_session *session = data;

    buf_append(&session->output, bytes, len);
    return (int)len;
}

static int on_receive(void *data, unsigned char *bytes, size_t len)
{
    struct tls_session *session = data;
    const size_t left = session->input.len - session->input_at;

    if (left == 0) {
        session->wants_input = true;
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    if (len > left)
        len = left;
    memcpy(bytes, session->input.data + session->input_at, len);
    session->input_at += len;
    if (session->input_at == session->input.len) {
        buf_reset(&session->input);
        session->input_at = 0;
    }
    return (int)len;
}

static bool is_handshake_over(const mbedtls_ssl_context *ssl)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    return ssl->state == MBEDTLS_SSL_HANDSHAKE_OVER;
#else
    return mbedtls_ssl_is_handshake_over(unconst(ssl));
#endif
}

/* mbedTLS goes on without a certificate only where it would also go on with a bad one; this refuses the
 * latter. Called for each certificate of the chain. */
static int refuse_flagged(void *data, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct tls_session *session = data;

    session->refused |= *flags;
    return session->refused && depth == 0 ? MBEDTLS_ERR_X509_FATAL_ERROR : 0;
}

/* --- failing --- */

static void describe_refusal(struct tls_session *session)
{
    const uint32_t flags = session->refused ? session->refused : mbedtls_ssl_get_verify_result(&session->ssl);
    const char *why = "it does not chain to the CA that is trusted here, or its usage is another";

    if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
        why = "it has expired";
    else if (flags & MBEDTLS_X509_BADCERT_FUTURE)
        why = "it is not valid yet";
    else if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
        why = "it is for another name";
    snprintf(session->problem, sizeof session->problem, "the other end's certificate is refused: %s", why);
}

static void fail(struct tls_session *session, int result)
{
    session->state = TLS_FAILED;
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || result == MBEDTLS_ERR_X509_FATAL_ERROR)
        describe_refusal(session);
    else
        mbedtls_strerror(result, session->problem, sizeof session->problem);
}

static bool is_end(int result)
{
    return result == 0 || result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || result == MBEDTLS_ERR_SSL_CONN_EOF;
}

/* Whether mbedTLS only asks to be called again. */
static bool is_pause(int result)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    if (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
        return true;
#endif
    return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/* --- life --- */

struct tls_session *tls_session_new(const struct tls_config *config, const char *host)
{
    struct tls_session *session = memory_zalloc(sizeof *session);

    mbedtls_ssl_init(&session->ssl);
    buf_init(&session->input, SIZE_MAX);
    buf_init(&session->output, SIZE_MAX);
    tls_peer_chain_init(&session->peer_chain);
    if (mbedtls_ssl_setup(&session->ssl, &config->ssl) != 0 ||
        mbedtls_ssl_set_hostname(&session->ssl, host) != 0)
        fail(session, MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
    if (config->may_lack_peer)
        mbedtls_ssl_set_verify(&session->ssl, refuse_flagged, session);
    mbedtls_ssl_set_bio(&session->ssl, session, on_send, on_receive, NULL);
    return session;
}

void tls_session_free(struct tls_session *session)
{
    if (!session)
        return;
    mbedtls_ssl_free(&session->ssl);
    buf_free(&session->input);
    buf_free(&session->output);
    tls_peer_chain_free(&session->peer_chain);
    free(session);
}

enum tls_phase tls_session_state(const struct tls_session *session)
{
    return session->state;
}

/* --- bytes --- */

static bool fits_handshake(struct tls_session *session, struct span received)
{
    struct error error = {.kind = ERROR_NONE};

    if (session->input.len + received.len > TLS_SESSION_INPUT_MAX) {
        snprintf(session->problem, sizeof session->problem, "the handshake is larger than %u bytes",
                 TLS_SESSION_INPUT_MAX);
        return false;
    }
    if (tls_peer_chain_look(&session->peer_chain, received, &error)) {
        snprintf(session->problem, sizeof session->problem, "the other end's certificate is refused: %.100s",
                 error.text);
        return false;
    }
    return true;
}

bool tls_session_give(struct tls_session *session, const uint8_t *data, size_t len)
{
    if (session->state == TLS_SHAKING && !fits_handshake(session, span_of(data, len))) {
        session->state = TLS_FAILED;
        return false;
    }
    buf_append(&session->input, data, len);
    return true;
}

static void begin(struct tls_session *session)
{
    if (session->has_output_been_taken)
        buf_reset_within(&session->output, KEPT_BYTES);
    session->has_output_been_taken = false;
}

bool tls_session_step(struct tls_session *session)
{
    int result;

    begin(session);
    session->wants_input = false;
    result = mbedtls_ssl_handshake_step(&session->ssl);
    if (result != 0 && !is_pause(result))
        fail(session, result);
    else if (is_handshake_over(&session->ssl))
        session->state = TLS_OPEN;
    return session->state == TLS_SHAKING && !session->wants_input;
}

void tls_session_read(struct tls_session *session, struct buf *plain)
{
    int result;

    begin(session);
    do {
        uint8_t *room = buf_reserve(plain, RECORD_BYTES);

        result = room ? mbedtls_ssl_read(&session->ssl, room, RECORD_BYTES) : MBEDTLS_ERR_SSL_ALLOC_FAILED;
        if (result > 0)
            plain->len += (size_t)result;
    } while (result > 0 || (is_pause(result) && result != MBEDTLS_ERR_SSL_WANT_READ));
    if (is_end(result))
        session->state = TLS_CLOSED;
    else if (!is_pause(result))
        fail(session, result);
}

void tls_session_write(struct tls_session *session, struct span plain)
{
    begin(session);
    while (plain.len > 0) {
        int result = mbedtls_ssl_write(&session->ssl, plain.data, plain.len);

        if (result <= 0) {
            fail(session, result);
            return;
        }
        plain = span_of(plain.data + result, plain.len - (size_t)result);
    }
}

void tls_session_close(struct tls_session *session)
{
    begin(session);
    if (session->state == TLS_OPEN || session->state == TLS_CLOSED)
        (void)mbedtls_ssl_close_notify(&session->ssl);
}

struct span tls_session_output(struct tls_session *session)
{
    begin(session);
    session->has_output_been_taken = true;
    return buf_span(&session->output);
}

struct span tls_session_peer(const struct tls_session *session)
{
    const mbedtls_x509_crt *certificate = mbedtls_ssl_get_peer_cert(&session->ssl);

    return certificate ? span_of(certificate->raw.p, certificate->raw.len) : SPAN_NONE;
}

const char *tls_session_problem(const struct tls_session *session)
{
    return session->problem;
}
