#include "sim/kms/kms_asking.h"

void kms_asking_init(struct kms_asking *asking, const struct kms_server *server,
                     void (*on_answer)(void *data), void *data)
{
    *asking = (struct kms_asking){.server = server, .on_answer = on_answer, .data = data};
    arena_init(&asking->texts);
}

void kms_asking_free(struct kms_asking *asking)
{
    if (asking->request)
        asking->server->asker.cancel(asking->request);
    arena_free(&asking->texts);
}

static struct span keep(struct kms_asking *asking, struct span text)
{
    return text.data ? span_of(arena_copy(&asking->texts, text.data, text.len), text.len) : SPAN_NONE;
}

static void on_done(void *waiter, const struct kms_answer *answer)
{
    struct kms_asking *asking = waiter;
    struct kms_answer *kept = &asking->answers.list[asking->answers.count++];

    asking->request = NULL;
    *kept = (struct kms_answer){
        .question = asking->answers.missing,
        .problem = answer->problem ? arena_printf(&asking->texts, "%s", answer->problem) : NULL,
        .status = answer->status,
        .text = keep(asking, answer->text),
    };
    asking->on_answer(asking->data);
}

int kms_asking_go_on(struct kms_asking *asking, const struct kms_question *missing, struct error *error)
{
    struct kms_question *question = &asking->answers.missing;

    if (asking->answers.count == KMS_ANSWERS_MAX) {
        *error = (struct error){.kind = ERROR_NONE};
        return error_internal(error, "the authorization was asked more often than a call needs");
    }
    *question = (struct kms_question){missing->path, keep(asking, missing->body)};
    asking->request = asking->server->asker.ask(asking->server->asker.data, question, on_done, asking);
    return 0;
}
