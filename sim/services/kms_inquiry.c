#include "sim/services/kms_inquiry.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/kms/kms_asking.h"
#include "sim/services/service.h"

struct kms_inquiry {
    struct http_hold hold; /* first, because of its casts */
    struct kms_asking asking;
};

static void release(struct http_hold *hold)
{
    struct kms_inquiry *inquiry = (struct kms_inquiry *)hold;

    kms_asking_free(&inquiry->asking);
    free(inquiry);
}

struct kms_answers *kms_inquiry_answers(const struct rpc_call *call)
{
    if (call->hold)
        return &((struct kms_inquiry *)call->hold)->asking.answers;
    return arena_zalloc(call->arena, sizeof(struct kms_answers));
}

static void on_answer(void *data)
{
    http_hold_wake(data);
}

static struct kms_inquiry *new_inquiry(const struct kms_server *server)
{
    struct kms_inquiry *inquiry = memory_zalloc(sizeof *inquiry);

    inquiry->hold.release = release;
    kms_asking_init(&inquiry->asking, server, on_answer, &inquiry->hold);
    return inquiry;
}

void kms_inquiry_hold(struct rpc_call *call, const struct kms_server *server, struct kms_answers *answers)
{
    struct kms_inquiry *inquiry = (struct kms_inquiry *)call->hold;

    if (call->error.kind != ERROR_PENDING)
        return;
    if (!inquiry)
        inquiry = new_inquiry(server);
    if (kms_asking_go_on(&inquiry->asking, &answers->missing, &call->error) == 0)
        call->hold = &inquiry->hold;
}

int kms_inquiry_sign(struct rpc_call *call, const struct td *td)
{
    struct kms_server *server = service_site(call)->kms;
    struct kms_answers *answers;

    if (!server || !td->keys.root_cert)
        return 0;
    answers = kms_inquiry_answers(call);
    if (kms_gate_sign(server, td, answers, call->arena, &call->error) == 0)
        return 0;
    kms_inquiry_hold(call, server, answers);
    return -1;
}
