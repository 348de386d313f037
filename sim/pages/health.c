#include "sim/pages/health.h"

#include "sim/rpc/openapi.h"

#define TYPE_TEXT "text/plain; charset=utf-8"

static void answer(struct http_response *response, const char *text)
{
    response->content_type = TYPE_TEXT;
    response->headers = "Cache-Control: no-store\r\n";
    buf_append_text(response->body, text);
}

static void serve_health(const void *context, struct exchange *exchange)
{
    answer(&exchange->response, "ok\n");
}

static void refuse(struct http_response *response, const char *reason)
{
    response->status = 503;
    exchange_explain(response, reason);
}

static void serve_readiness(const void *context, struct exchange *exchange)
{
    const struct site *site = context;

    if (*site->is_stopping) {
        refuse(&exchange->response, "the program is stopping");
        answer(&exchange->response, "stopping\n");
    } else if (site->td && site->td->is_booting) {
        refuse(&exchange->response, "the TD asks a KMS for its keys");
        answer(&exchange->response, "booting\n");
    } else {
        answer(&exchange->response, "ready\n");
    }
}

void health_add(const struct site *site, struct router *router)
{
    static const struct openapi_page alive = {.summary = "Whether the program answers", .types = TYPE_TEXT};
    static const struct openapi_page ready = {.summary = "Whether the program accepts requests",
                                              .types = TYPE_TEXT,
                                              .other = 503,
                                              .other_text =
                                                  "The program is stopping, or the TD is still booting."};
    const struct router_page list[] = {
        {.path = "/healthz", .serve = serve_health, .is_background = true, .openapi = &alive},
        {.path = "/readyz",
         .serve = serve_readiness,
         .context = site,
         .is_background = true,
         .openapi = &ready},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        router_add_page(router, &list[i]);
}
