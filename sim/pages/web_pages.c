#include "sim/pages/web_pages.h"

#include <stdio.h>

#include "sim/base/embedded.h"
#include "sim/rpc/openapi.h"

#define PAGE "index.html"
#define API_DOCS "api-docs.html"

/* The page needs nothing from other hosts and shows untrusted names: allow no other sources,
 * no markup from strings, and no framing. */
static const char headers[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cache-Control: no-cache\r\n";

static const char *type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } rows[] = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
    };
    const char *ending = strrchr(name, '.');

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (ending && strcmp(ending, rows[i].ending) == 0)
            return rows[i].type;
    return "application/octet-stream";
}

static void serve(const void *context, struct exchange *exchange)
{
    const struct embedded_file *file = context;

    exchange->response.content_type = type_of(file->name);
    exchange->response.headers = headers;
    buf_append(exchange->response.body, file->data, file->len);
}

void web_pages_add(const struct site *site, struct router *router)
{
    static const struct openapi_page page = {.summary = "The dashboard", .types = "text/html; charset=utf-8"};

    for (const struct embedded_file *file = embedded_web; file->name; file++) {
        const bool is_page = strcmp(file->name, PAGE) == 0;
        char path[128] = "/";

        if (!is_page)
            snprintf(path, sizeof path, "/simulator/%s", file->name);
        router_add_page(router, &(struct router_page){
                                    .path = path,
                                    .serve = serve,
                                    .context = file,
                                    .is_background = true,
                                    .openapi = is_page ? &page : NULL,
                                });
    }
}

void web_pages_add_console(const struct site *site, struct router *router)
{
    static const struct openapi_page shown = {.summary = "A page that shows this document",
                                              .types = "text/html; charset=utf-8"};
    static const struct {
        const char *path, *file;
        const struct openapi_page *openapi;
    } rows[] = {{"/v1", PAGE, NULL}, {"/beta", PAGE, NULL}, {"/api-docs/docs", API_DOCS, &shown}};

    (void)site;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        router_add_page(router, &(struct router_page){
                                    .path = rows[i].path,
                                    .serve = serve,
                                    .context = embedded_find(embedded_web, rows[i].file),
                                    .is_background = true,
                                    .openapi = rows[i].openapi,
                                });
}
