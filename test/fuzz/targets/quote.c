/* A TDX quote: its structure, and the PCK certificates in it. */
#include "crypto/x509_chain.h"
#include "sim/tdx/pck.h"
#include "sim/tdx/quote_parse.h"
#include "test/fuzz/fuzz.h"

enum { PCK_CERTIFICATES = 3 };

static void read_chain(struct span pem)
{
    const char *reason = NULL;
    struct x509_chain *chain =
        x509_chain_read_pem((const char *)pem.data, pem.len, PCK_CERTIFICATES, &reason);
    struct error error = {.kind = ERROR_NONE};
    struct bytes extension;
    struct pck pck;

    FUZZ_EXPECT((chain == NULL) == (reason != NULL));
    if (!chain)
        return;
    extension = x509_chain_leaf_extension(chain, pck_extension_oid());
    if (extension.data)
        fuzz_expect_sentence(pck_read(&pck, extension, &error), &error);
    x509_chain_free(chain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct error error = {.kind = ERROR_NONE};
    struct quote_parts parts;
    int result = quote_parse(span_of(data, len), &parts, &error);

    fuzz_expect_sentence(result, &error);
    if (result == 0)
        read_chain(parts.pck_chain);
    return 0;
}
