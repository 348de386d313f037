#include "sim/http/exchange.h"

#include <stdio.h>

#include "sim/base/json_text.h"

/* Not by assigning a whole one: most of it is room for remarks, which nearly no response has. */
void exchange_begin(struct http_response *response, struct buf *body)
{
    response->status = 200;
    response->content_type = NULL;
    response->headers = NULL;
    response->body = body;
    response->stream = NULL;
    response->hold = NULL;
    response->label = (struct http_label){.method = NULL};
    response->fault = (struct http_fault){.delay_ms = 0};
    http_remarks_clear(&response->remarks);
}

void exchange_fail(struct http_response *response, int status, const char *message)
{
    exchange_fail_quoting(response, status, message, message);
}

void exchange_fail_quoting(struct http_response *response, int status, const char *message,
                           const char *reason)
{
    buf_reset(response->body);
    json_text_member(response->body, '{', "error", message);
    buf_append_byte(response->body, '}');
    response->status = status;
    response->content_type = "application/json";
    exchange_explain(response, reason);
}

void exchange_explain(struct http_response *response, const char *reason)
{
    snprintf(response->remarks.reason, sizeof response->remarks.reason, "%s", reason);
}
