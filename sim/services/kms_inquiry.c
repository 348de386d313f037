#include "sim/services/kms_inquiry.h"

#include <stdlib.h>

#include "sim/base/memory.h"

struct kms_inquiry {
    struct http_hold hold; /* first, because of its casts */
    const struct kms_server *server;
    struct kms_answers answers; /* its texts are in the arena */
    struct arena texts;
    void *asking; /* or NULL */
};

static void release(struct http_hold *hold)
{
    struct kms_inquiry *inquiry = (struct kms_inquiry *)hold;

    if (inquiry->asking)
        inquiry->server->asker.cancel(inquiry->asking);
    arena_free(&inquiry->texts);
    free(inquiry);
}

struct kms_answers *kms_inquiry_answers(const struct rpc_call *call)
{
    if (call->hold)
        return &((struct kms_inquiry *)call->hold)->answers;
    return arena_zalloc(call->arena, sizeof(struct kms_answers));
}

static struct span keep(struct kms_inquiry *inquiry, struct span text)
{
    return text.data ? span_of(arena_copy(&inquiry->texts, text.data, text.len), text.len) : SPAN_NONE;
}

static void on_done(void *waiter, const struct kms_answer *answer)
{
    struct kms_inquiry *inquiry = waiter;
    struct kms_answer *kept = &inquiry->answers.list[inquiry->answers.count++];

    inquiry->asking = NULL;
    *kept = (struct kms_answer){
        .question = inquiry->answers.missing,
        .problem = answer->problem ? arena_printf(&inquiry->texts, "%s", answer->problem) : NULL,
        .status = answer->status,
        .text = keep(inquiry, answer->text),
    };
    http_hold_wake(&inquiry->hold);
}

static struct kms_inquiry *new_inquiry(const struct kms_server *server, const struct kms_answers *answers)
{
    struct kms_inquiry *inquiry = memory_zalloc(sizeof *inquiry);

    inquiry->hold.release = release;
    inquiry->server = server;
    inquiry->answers = *answers;
    arena_init(&inquiry->texts);
    return inquiry;
}

void kms_inquiry_hold(struct rpc_call *call, const struct kms_server *server, struct kms_answers *answers)
{
    struct kms_inquiry *inquiry = (struct kms_inquiry *)call->hold;
    struct kms_question *missing;

    if (call->error.kind != ERROR_PENDING)
        return;
    if (answers->count == KMS_ANSWERS_MAX) {
        call->error = (struct error){.kind = ERROR_NONE};
        error_internal(&call->error, "the authorization was asked more often than a call needs");
        return;
    }
    if (!inquiry)
        inquiry = new_inquiry(server, answers);
    missing = &inquiry->answers.missing;
    missing->body = keep(inquiry, missing->body);
    inquiry->asking = server->asker.ask(server->asker.data, missing, on_done, inquiry);
    call->hold = &inquiry->hold;
}
