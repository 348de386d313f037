#include "sim/process/kms_asker.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/cli/healthcheck_spec.h"
#include "sim/net/address.h"
#include "sim/net/http_client.h"

/* One question. */
struct asking {
    struct http_client *client;
    void (*on_done)(void *waiter, const struct kms_answer *answer);
    void *waiter;
};

static void on_answer(void *data, const struct http_client_answer *answer)
{
    struct asking *asking = data;
    const struct kms_answer told = {
        .problem = answer->problem, .status = answer->status, .text = answer->body};

    asking->on_done(asking->waiter, &told);
    free(asking);
}

static void *ask(void *data, const struct kms_question *question,
                 void (*on_done)(void *waiter, const struct kms_answer *answer), void *waiter)
{
    const struct kms_asker_target *target = data;
    struct asking *asking = memory_zalloc(sizeof *asking);
    char path[sizeof target->path + 40];
    const struct http_client_request request = {
        .address = &target->address,
        .verb = question->body.data ? "POST" : "GET",
        .host = target->host,
        .path = path,
        .body = question->body,
        .timeout_ms = KMS_ASKER_TIMEOUT_MS,
    };

    snprintf(path, sizeof path, "%s%s", target->path, question->path);
    if (!path[0])
        snprintf(path, sizeof path, "/");
    *asking = (struct asking){.on_done = on_done, .waiter = waiter};
    asking->client = http_client_ask(target->loop, &request, on_answer, asking);
    return asking;
}

static void cancel(void *data)
{
    struct asking *asking = data;

    http_client_cancel(asking->client);
    free(asking);
}

/* The path as it was given. */
static void set_path(struct kms_asker_target *target, const char *url)
{
    const char *path = strchr(url + strlen("http://"), '/');
    size_t len;

    snprintf(target->path, sizeof target->path, "%s", path ? path : "");
    len = strlen(target->path);
    if (len > 0 && target->path[len - 1] == '/')
        target->path[len - 1] = '\0';
}

int kms_asker_init(struct kms_asker_target *target, const char *url, uv_loop_t *loop, struct kms_asker *asker,
                   struct error *error)
{
    struct healthcheck_spec spec;
    int result;

    *target = (struct kms_asker_target){.loop = loop};
    if (healthcheck_spec_parse(&spec, url, error) || healthcheck_spec_check(&spec, error))
        return -1;
    result = address_look_up(spec.listen.address, spec.listen.port, &target->address);
    if (result != 0)
        return error_input(error, "cannot find the host %s: %s", spec.listen.address, gai_strerror(result));
    if (strchr(spec.listen.address, ':'))
        snprintf(target->host, sizeof target->host, "[%s]:%u", spec.listen.address, spec.listen.port);
    else
        snprintf(target->host, sizeof target->host, "%s:%u", spec.listen.address, spec.listen.port);
    set_path(target, url);
    *asker = (struct kms_asker){.ask = ask, .cancel = cancel, .data = target};
    return 0;
}
