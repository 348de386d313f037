/* An observer for tests that do not look at what it is told; trouble fails them. */
#ifndef TEST_OBSERVER_FIXTURE_H
#define TEST_OBSERVER_FIXTURE_H

#include "sim/http/http_answer.h"
#include "test/unit/vectors.h"

static inline void observer_ignore(void *data)
{
}

static inline void observer_ignore_answer(void *data, const struct http_answer *answer)
{
}

static inline void observer_fail(void *data, enum http_trouble trouble, const char *sentence)
{
    fail_msg("%s", sentence);
}

static const struct http_observer observer_idle = {
    .opened = observer_ignore,
    .closed = observer_ignore,
    .answered = observer_ignore_answer,
    .troubled = observer_fail,
};

#endif
