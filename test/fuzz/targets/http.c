/* A connection's input in HTTP. The first byte is the size of the pieces that it comes in; the output is
 * that of the input in one piece. */
#include "sim/http/http_session.h"
#include "test/fuzz/fuzz.h"

static void echo(void *context, struct exchange *exchange)
{
    const struct http_request *request = &exchange->request;

    (void)context;
    buf_append_span(exchange->response.body, request->path);
    buf_append_span(exchange->response.body, request->query);
    buf_append_span(exchange->response.body, request->content_type);
    buf_append_span(exchange->response.body, request->user_agent);
    buf_append_span(exchange->response.body, request->host);
    buf_append_span(exchange->response.body, request->body);
}

/* A copy of each piece, so that a read past its end is found, and one back at it later. */
static size_t feed_piece(struct http_session *session, struct span piece, struct buf *out)
{
    uint8_t *copy = malloc(piece.len);
    size_t taken;

    memcpy(copy, piece.data, piece.len);
    taken = http_session_feed(session, copy, piece.len);
    FUZZ_EXPECT(taken <= piece.len);
    buf_append_span(out, http_session_output(session));
    free(copy);
    return taken;
}

static void answer(struct span input, size_t piece, struct buf *out)
{
    const struct http_handler handler = {.serve = echo};
    struct http_session session;
    struct http_shared shared;

    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &handler);
    for (size_t at = 0; at < input.len && session.state != HTTP_OVER;) {
        size_t end = at + piece < input.len ? at + piece : input.len;

        while (at < end && session.state != HTTP_OVER)
            at += feed_piece(&session, span_of(input.data + at, end - at), out);
    }
    if (session.state != HTTP_OVER && session.reader.is_in_request) {
        http_session_time_out(&session);
        buf_append_span(out, http_session_output(&session));
    }
    http_session_free(&session);
    http_session_shared_free(&shared);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    size_t piece = (size_t)fuzz_choice(&input) + 1;
    struct buf whole, pieces;

    buf_init(&whole, SIZE_MAX);
    buf_init(&pieces, SIZE_MAX);
    answer(input, SIZE_MAX / 2, &whole);
    answer(input, piece, &pieces);
    FUZZ_EXPECT(span_equal(buf_span(&whole), buf_span(&pieces)));
    buf_free(&whole);
    buf_free(&pieces);
    return 0;
}
