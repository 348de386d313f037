#include "sim/http/exchange.h"

#include <stdio.h>

#include "sim/base/json_text.h"

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
