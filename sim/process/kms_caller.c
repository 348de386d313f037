#include "sim/process/kms_caller.h"

#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/net/http_client.h"
#include "sim/process/lookup.h"

/* One question. */
struct calling {
    uv_loop_t *loop;
    uv_timer_t later;
    struct url_spec url;
    char host[URL_SPEC_HOST_BYTES];
    char *path; /* heap, like the next one */
    char *body;
    size_t body_len;
    struct tls_config *tls;
    struct names_found found;
    size_t at;             /* in found.addresses */
    struct lookup *lookup; /* being made, or NULL */
    struct http_client *client;
    struct error problem; /* found before anyone is asked */
    void (*on_done)(void *waiter, const struct kms_guest_answer *answer);
    void *waiter;
};

/* --- the end --- */

/* The client needs its TLS until on_done has returned. */
static void on_closed(uv_handle_t *handle)
{
    struct calling *calling = handle->data;

    tls_config_free(calling->tls);
    free(calling->path);
    free(calling->body);
    free(calling);
}

static void end(struct calling *calling)
{
    if (calling->lookup)
        lookup_cancel(calling->lookup);
    if (calling->client)
        http_client_cancel(calling->client);
    uv_close((uv_handle_t *)&calling->later, on_closed);
}

static void finish(struct calling *calling, const struct kms_guest_answer *answer)
{
    calling->on_done(calling->waiter, answer);
    end(calling);
}

static void on_problem(uv_timer_t *timer)
{
    struct calling *calling = timer->data;

    finish(calling, &(struct kms_guest_answer){.problem = calling->problem.text});
}

/* on_done must not be called before ask has returned. */
static void fail_later(struct calling *calling)
{
    uv_timer_start(&calling->later, on_problem, 0, 0);
}

/* --- asking --- */

static void try_address(struct calling *calling);

static void on_answer(void *data, const struct http_client_answer *answer)
{
    struct calling *calling = data;

    calling->client = NULL;
    if (answer->problem && !answer->is_connected && calling->at + 1 < calling->found.count) {
        calling->at++;
        try_address(calling);
        return;
    }
    finish(calling, &(struct kms_guest_answer){.problem = answer->problem,
                                               .status = answer->status,
                                               .body = answer->body,
                                               .certificate = answer->certificate});
}

static void try_address(struct calling *calling)
{
    const struct http_client_request request = {
        .address = &calling->found.addresses[calling->at].storage,
        .verb = "POST",
        .host = calling->host,
        .path = calling->path,
        .body = span_of(calling->body, calling->body_len),
        .connect_timeout_ms = KMS_GUEST_CONNECT_MS,
        .timeout_ms = KMS_GUEST_TIMEOUT_MS,
        .answer_bytes = KMS_GUEST_ANSWER_BYTES,
        .tls = calling->tls,
        .tls_name = calling->url.host,
    };

    calling->client = http_client_ask(calling->loop, &request, on_answer, calling);
}

/* --- the name --- */

static void take_addresses(struct calling *calling, int result)
{
    if (result == 0) {
        try_address(calling);
        return;
    }
    error_input(&calling->problem, "cannot find the host %.100s: %s", calling->url.host,
                gai_strerror(result));
    fail_later(calling);
}

static void on_looked_up(void *data, int result, const struct names_found *found)
{
    struct calling *calling = data;

    calling->lookup = NULL;
    calling->found = *found;
    take_addresses(calling, result);
}

static void find_addresses(struct calling *calling)
{
    const struct url_spec *url = &calling->url;
    int result = names_read(url->host, url->port, &calling->found);

    if (result == EAI_NONAME) {
        calling->lookup = lookup_begin(calling->loop, url->host, url->port, on_looked_up, calling);
        result = calling->lookup ? 0 : EAI_AGAIN;
    }
    if (!calling->lookup)
        take_addresses(calling, result);
}

/* --- for who asks --- */

static int prepare(struct calling *calling, const char *url, const struct kms_guest_call *call,
                   struct error *error)
{
    const struct tls_config_identity identity = {call->chain, call->key};

    if (url_spec_parse(&calling->url, "https", URL_SPEC_HTTPS_PORT, url, error))
        return -1;
    url_spec_host(&calling->url, calling->host);
    calling->path = memory_alloc(strlen(calling->url.path) + strlen(call->method) + sizeof "/?json");
    sprintf(calling->path, "%s/%s?json", calling->url.path, call->method);
    calling->tls = tls_config_new_client(call->chain ? &identity : NULL, call->ca, error);
    return calling->tls ? 0 : -1;
}

static void *ask(void *data, const char *url, const struct kms_guest_call *call,
                 void (*on_done)(void *waiter, const struct kms_guest_answer *answer), void *waiter)
{
    struct calling *calling = memory_zalloc(sizeof *calling);

    calling->loop = data;
    calling->on_done = on_done;
    calling->waiter = waiter;
    calling->body = memory_copy(call->body.data, call->body.len);
    calling->body_len = call->body.len;
    uv_timer_init(calling->loop, &calling->later);
    calling->later.data = calling;
    if (prepare(calling, url, call, &calling->problem))
        fail_later(calling);
    else
        find_addresses(calling);
    return calling;
}

static void cancel(void *asking)
{
    end(asking);
}

struct kms_guest_asker kms_caller_asker(uv_loop_t *loop)
{
    return (struct kms_guest_asker){.ask = ask, .cancel = cancel, .data = loop};
}
