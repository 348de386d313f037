/* What is asked about one caller, with a webhook that the test plays. */
#include "sim/kms/kms_asking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The webhook's side: the question under way, and how often each thing has happened. */
struct fixture {
    struct kms_server server;
    struct kms_asking asking;
    struct arena arena; /* of a check */
    struct error error;
    void (*on_done)(void *waiter, const struct kms_answer *answer);
    void *waiter;
    char path[64], body[64];
    unsigned asked, cancelled, answered;
};

static void *ask(void *data, const struct kms_question *question,
                 void (*on_done)(void *waiter, const struct kms_answer *answer), void *waiter)
{
    struct fixture *f = data;

    snprintf(f->path, sizeof f->path, "%s", question->path);
    snprintf(f->body, sizeof f->body, "%.*s", (int)question->body.len, (const char *)question->body.data);
    f->on_done = on_done;
    f->waiter = waiter;
    f->asked++;
    return f;
}

static void cancel(void *asking)
{
    ((struct fixture *)asking)->cancelled++;
}

static void on_answer(void *data)
{
    ((struct fixture *)data)->answered++;
}

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    f->server.asker = (struct kms_asker){ask, cancel, f};
    arena_init(&f->arena);
    kms_asking_init(&f->asking, &f->server, on_answer, f);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    kms_asking_free(&f->asking);
    arena_free(&f->arena);
    free(f);
    return 0;
}

static int need(struct fixture *f, const char *path, const char *body)
{
    const struct kms_question question = {path,
                                          span_of(arena_copy(&f->arena, body, strlen(body)), strlen(body))};

    f->error = (struct error){.kind = ERROR_NONE};
    (void)error_pending(&f->error, "the webhook is asked");
    return kms_asking_go_on(&f->asking, &question, &f->error);
}

static void answer(struct fixture *f, const char *text)
{
    char *copy = strdup(text);

    f->on_done(f->waiter, &(struct kms_answer){.status = 200, .text = span_text(copy)});
    memset(copy, 'x', strlen(copy));
    free(copy);
}

static void answers_are_kept_for_the_next_check(void **state)
{
    struct fixture *f = *state;
    const struct kms_answer *kept;

    assert_int_equal(need(f, "/bootAuth/kms", "{\"a\":1}"), 0);
    assert_int_equal(f->error.kind, ERROR_PENDING);
    assert_string_equal(f->path, "/bootAuth/kms");
    assert_string_equal(f->body, "{\"a\":1}");
    arena_reset(&f->arena);
    answer(f, "yes");
    assert_int_equal(f->answered, 1);
    kept =
        kms_answers_find(&f->asking.answers, &(struct kms_question){"/bootAuth/kms", span_text("{\"a\":1}")});
    assert_non_null(kept);
    assert_true(span_is(kept->text, "yes"));
    assert_null(kms_answers_find(&f->asking.answers,
                                 &(struct kms_question){"/bootAuth/kms", span_text("{\"a\":2}")}));
}

static void a_check_that_asks_without_end_fails(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < KMS_ANSWERS_MAX; i++) {
        assert_int_equal(need(f, "/bootAuth/app", "{}"), 0);
        answer(f, "yes");
    }
    assert_int_equal(need(f, "/bootAuth/app", "{}"), -1);
    assert_int_equal(f->error.kind, ERROR_INTERNAL);
    assert_int_equal(f->asked, KMS_ANSWERS_MAX);
}

static void what_is_under_way_is_given_up(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(need(f, "/bootAuth/app", "{}"), 0);
    kms_asking_free(&f->asking);
    assert_int_equal(f->cancelled, 1);
    kms_asking_init(&f->asking, &f->server, on_answer, f);
    assert_int_equal(need(f, "/bootAuth/app", "{}"), 0);
    answer(f, "yes");
    kms_asking_free(&f->asking);
    assert_int_equal(f->cancelled, 1);
    kms_asking_init(&f->asking, &f->server, on_answer, f);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(answers_are_kept_for_the_next_check),
        WITH(a_check_that_asks_without_end_fails),
        WITH(what_is_under_way_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
