#include "sim/pages/root_pages.h"

#include "sim/pages/public_pages.h"

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
    static const struct public_page list[] = {
        {"/simulator/root-ca.pem", serve_root_pem, &pem},
        {"/simulator/root-ca.der", serve_root_der, &der},
        {"/Intel_SGX_Provisioning_Certification_RootCA.pem", serve_root_pem, &pem},
        {"/Intel_SGX_Provisioning_Certification_RootCA.cer", serve_root_der, &der},
    };

    public_pages_add(site, router, list, sizeof list / sizeof *list);
}
