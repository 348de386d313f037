#include "sim/rpc/response_headers.h"

#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"
#define PUBLIC "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n"

static void add(struct exchange *exchange, const char *more)
{
    const char *headers = exchange->response.headers;

    exchange->response.headers = headers ? arena_printf(exchange->arena, "%s%s", headers, more) : more;
}

void response_headers_of_method(struct exchange *exchange)
{
    add(exchange, NOSNIFF "Cache-Control: no-store\r\nCross-Origin-Resource-Policy: same-origin\r\n");
}

void response_headers_of_page(struct exchange *exchange, bool is_public)
{
    const char *headers = exchange->response.headers;

    if (!headers || !strstr(headers, NOSNIFF))
        add(exchange, NOSNIFF);
    if (is_public)
        add(exchange, PUBLIC);
}
