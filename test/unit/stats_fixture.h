/* Statistics, and requests for them. */
#ifndef TEST_STATS_FIXTURE_H
#define TEST_STATS_FIXTURE_H

#include <stdio.h>

#include "sim/watch/stats.h"
#include "test/unit/vectors.h"

static inline int setup(void **state)
{
    *state = stats_new();
    return 0;
}

static inline int teardown(void **state)
{
    stats_free(*state);
    return 0;
}

#define STATS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static inline struct http_answer request_to(const char *method, int status)
{
    return (struct http_answer){
        .label.method = method,
        .verb = "GET",
        .path = span_text("/path"),
        .status = status,
        .client = "127.0.0.1:1",
    };
}

static inline void record(struct stats *stats, const char *method, int status)
{
    struct http_answer request = request_to(method, status);

    stats_record(stats, &request);
}

/* The one method of that name. */
static inline const struct stats_method *find(const struct stats *stats, const char *name)
{
    const struct stats_method *method, *found = NULL;

    for (size_t i = 0; (method = stats_method_at(stats, i)); i++) {
        if (strcmp(method->name, name) != 0)
            continue;
        assert_null(found);
        found = method;
    }
    assert_non_null(found);
    return found;
}

#endif
