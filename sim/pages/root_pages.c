#include "sim/pages/root_pages.h"

#include "sim/rpc/openapi.h"

#define TYPE_PEM "application/x-pem-file"
#define TYPE_DER "application/pkix-cert"

void root_pages_init(struct root_pages *pages, struct td *td)
{
    pages->td = td;
}

static void serve_root_pem(void *context, struct exchange *exchange)
{
    const struct root_pages *pages = context;

    exchange->response.content_type = TYPE_PEM;
    buf_append_text(exchange->response.body, pages->td->platform.root.pem);
}

static void serve_root_der(void *context, struct exchange *exchange)
{
    const struct pki_entity *root = &((const struct root_pages *)context)->td->platform.root;

    exchange->response.content_type = TYPE_DER;
    buf_append(exchange->response.body, root->der, root->der_len);
}

void root_pages_add(struct root_pages *pages, struct router *router)
{
    static const struct openapi_page pem = {.summary = "The root certificate that quotes chain to, in PEM",
                                            .types = TYPE_PEM};
    static const struct openapi_page der = {.summary = "The root certificate that quotes chain to, in DER",
                                            .types = TYPE_DER};
    const struct router_page list[] = {
        {.path = "/simulator/root-ca.pem", .serve = serve_root_pem, .context = pages, .openapi = &pem},
        {.path = "/simulator/root-ca.der", .serve = serve_root_der, .context = pages, .openapi = &der},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        router_add_page(router, &list[i]);
}
