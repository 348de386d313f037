#include "sim/services/pages.h"

void pages_init(struct pages *pages, struct td *td)
{
    pages->td = td;
}

static void serve_root_pem(void *context, struct exchange *exchange)
{
    const struct pages *pages = context;

    exchange->response.content_type = "application/x-pem-file";
    buf_append_text(exchange->response.body, pages->td->platform.root.pem);
}

static void serve_root_der(void *context, struct exchange *exchange)
{
    const struct pki_entity *root = &((const struct pages *)context)->td->platform.root;

    exchange->response.content_type = "application/pkix-cert";
    buf_append(exchange->response.body, root->der, root->der_len);
}

void pages_add(struct pages *pages, struct router *router)
{
    const struct router_page list[] = {
        {.path = "/simulator/root-ca.pem", .serve = serve_root_pem, .context = pages},
        {.path = "/simulator/root-ca.der", .serve = serve_root_der, .context = pages},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        router_add_page(router, &list[i]);
}
