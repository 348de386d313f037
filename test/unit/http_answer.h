/* What http_client has called back with, kept for a test to look at. */
#ifndef TEST_HTTP_ANSWER_H
#define TEST_HTTP_ANSWER_H

#include <stdio.h>
#include <string.h>

#include "sim/net/http_client.h"
#include "test/unit/vectors.h"

struct http_answer {
    int count, status;
    char problem[200], body[100];
    uint8_t certificate[2000];
    size_t certificate_len;
};

/* The callback; data is a struct http_answer. */
static inline void http_answer_keep(void *data, const struct http_client_answer *answer)
{
    struct http_answer *kept = data;

    kept->count++;
    kept->status = answer->status;
    snprintf(kept->problem, sizeof kept->problem, "%s", answer->problem ? answer->problem : "");
    snprintf(kept->body, sizeof kept->body, "%.*s", (int)answer->body.len,
             answer->body.len ? (const char *)answer->body.data : "");
    assert_true(answer->certificate.len <= sizeof kept->certificate);
    kept->certificate_len = answer->certificate.len;
    if (answer->certificate.len)
        memcpy(kept->certificate, answer->certificate.data, answer->certificate.len);
}

#endif
