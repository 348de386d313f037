#include "sim/services/cert_inquiry.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/services/kms_inquiry.h"
#include "sim/services/service.h"
#include "sim/td/td_keys.h"

struct cert_inquiry {
    struct http_hold hold; /* first, because of its casts */
    const struct kms_guest_asker *asker;
    struct cluster *cluster;
    struct p256_key key;
    void *asking; /* or NULL */
    char *url;    /* heap, for errors */
    struct arena texts;
    char *chain[CERT_INQUIRY_CHAIN_MAX + 1]; /* in texts */
    struct error error;
};

/* --- holding --- */

static void release(struct http_hold *hold)
{
    struct cert_inquiry *inquiry = (struct cert_inquiry *)hold;

    if (inquiry->asking)
        inquiry->asker->cancel(inquiry->asking);
    arena_free(&inquiry->texts);
    free(inquiry->url);
    bytes_wipe(inquiry, sizeof *inquiry);
    free(inquiry);
}

static void on_done(void *waiter, const struct kms_guest_answer *answer)
{
    struct cert_inquiry *inquiry = waiter;

    inquiry->asking = NULL;
    if (kms_guest_take_chain(inquiry->cluster, answer, &inquiry->texts, inquiry->chain, &inquiry->error))
        error_context(&inquiry->error, "KMS %.200s", inquiry->url);
    http_hold_wake(&inquiry->hold);
}

static struct cert_inquiry *new_inquiry(const struct site *site, const struct td *td,
                                        const struct p256_key *key)
{
    struct cert_inquiry *inquiry = memory_zalloc(sizeof *inquiry);

    inquiry->hold.release = release;
    inquiry->asker = site->kms_asker;
    inquiry->cluster = site->cluster;
    inquiry->key = *key;
    inquiry->url = memory_copy(td->keys.kms.url, strlen(td->keys.kms.url));
    arena_init(&inquiry->texts);
    return inquiry;
}

static int ask(struct rpc_call *call, const struct td *td, const struct app_cert_request *request,
               const struct p256_key *key)
{
    const struct site *site = service_site(call);
    struct kms_guest_call question;
    struct cert_inquiry *inquiry;

    if (td_cert_check(td, request, &call->error) ||
        kms_guest_ask_certificate(td, request, key, call->arena, &question, &call->error))
        return -1;
    inquiry = new_inquiry(site, td, key);
    inquiry->asking = inquiry->asker->ask(inquiry->asker->data, inquiry->url, &question, on_done, inquiry);
    call->hold = &inquiry->hold;
    return error_pending(&call->error, "the KMS is asked for the certificate");
}

/* --- answering --- */

static size_t count(char *const *chain)
{
    size_t len = 0;

    while (chain[len])
        len++;
    return len;
}

/* Only on_done wakes the request. */
static int take(struct rpc_call *call, struct cert_inquiry_answer *answer)
{
    struct cert_inquiry *inquiry = (struct cert_inquiry *)call->hold;

    if (inquiry->error.kind != ERROR_NONE) {
        call->error = inquiry->error;
        return -1;
    }
    *answer = (struct cert_inquiry_answer){
        .key = inquiry->key, .chain = inquiry->chain, .chain_len = count(inquiry->chain)};
    return 0;
}

static int issue(struct rpc_call *call, const struct td *td, const struct app_cert_request *request,
                 const struct p256_key *key, struct cert_inquiry_answer *answer)
{
    char **chain = arena_alloc(call->arena, 3 * sizeof *chain);

    if (td_cert_check(td, request, &call->error) || kms_inquiry_sign(call, td) ||
        td_cert_issue(td, request, key, call->arena, &chain[0], &call->error))
        return -1;
    chain[1] = td->keys.ca_cert;
    chain[2] = td->keys.root_cert;
    *answer = (struct cert_inquiry_answer){.key = *key, .chain = chain, .chain_len = chain[2] ? 3 : 2};
    return 0;
}

int cert_inquiry_issue(struct rpc_call *call, const struct td *td, const struct app_cert_request *request,
                       const struct p256_key *key, struct cert_inquiry_answer *answer)
{
    if (!td_keys_has_remote_ca(td))
        return issue(call, td, request, key, answer);
    return call->hold ? take(call, answer) : ask(call, td, request, key);
}
