#include "sim/pages/root_pages.h"

#include "sim/rpc/openapi.h"

#define TYPE_PEM "application/x-pem-file"
#define TYPE_DER "application/pkix-cert"

static const struct pki_entity *root_of(const void *context)
{
    return &((const struct site *)context)->cluster->platform.root;
}

static void serve_root_pem(const void *context, struct exchange *exchange)
{
    exchange->response.content_type = TYPE_PEM;
    buf_append_text(exchange->response.body, root_of(context)->pem);
}

static void serve_root_der(const void *context, struct exchange *exchange)
{
    const struct pki_entity *root = root_of(context);

    exchange->response.content_type = TYPE_DER;
    buf_append(exchange->response.body, root->der, root->der_len);
}

void root_pages_add(const struct site *site, struct router *router)
{
    static const struct openapi_page pem = {.summary = "The root certificate that quotes chain to, in PEM",
                                            .types = TYPE_PEM};
    static const struct openapi_page der = {.summary = "The root certificate that quotes chain to, in DER",
                                            .types = TYPE_DER};
    static const struct {
        const char *path;
        bool is_der;
    } list[] = {
        {"/simulator/root-ca.pem", false},
        {"/simulator/root-ca.der", true},
        {"/Intel_SGX_Provisioning_Certification_RootCA.pem", false},
        {"/Intel_SGX_Provisioning_Certification_RootCA.cer", true},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const struct router_page page = {.path = list[i].path,
                                         .serve = list[i].is_der ? serve_root_der : serve_root_pem,
                                         .context = site,
                                         .is_public = true,
                                         .openapi = list[i].is_der ? &der : &pem};
        router_add_page(router, &page);
    }
}
