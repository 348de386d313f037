#include "sim/http/exchange.h"

#include "sim/base/json_text.h"

void exchange_fail(struct http_response *response, int status, const char *message)
{
    buf_reset(response->body);
    json_text_member(response->body, '{', "error", message);
    buf_append_byte(response->body, '}');
    response->status = status;
    response->content_type = "application/json";
}
