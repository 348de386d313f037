/* Certificates: a PEM chain of up to three (first byte below 3 names how many), or one in DER (3 and more). */
#include "crypto/x509_chain.h"
#include "crypto/x509_read.h"
#include "crypto/x509_signed.h"
#include "sim/tdx/pck.h"
#include "test/fuzz/fuzz.h"

static void read_der(struct span der)
{
    uint8_t public_key[P256_PUBLIC_BYTES];
    struct bytes bytes = {der.data, der.len}, value, octets;
    struct error error = {.kind = ERROR_NONE};
    struct pck pck;

    if (x509_read_key(bytes, public_key))
        (void)x509_signed_by(NULL, bytes, public_key);
    value = x509_read_extension(bytes, pck_extension_oid());
    if (value.data) {
        (void)x509_read_octets(value, &octets);
        fuzz_expect_sentence(pck_read(&pck, value, &error), &error);
    }
}

static void read_pem(struct span pem, size_t count)
{
    const char *reason = NULL;
    struct x509_chain *chain = x509_chain_read_pem((const char *)pem.data, pem.len, count, &reason);

    FUZZ_EXPECT((chain == NULL) == (reason != NULL));
    x509_chain_free(chain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    uint8_t choice = fuzz_choice(&input);

    if (choice < 3)
        read_pem(input, (size_t)choice + 1);
    else
        read_der(input);
    return 0;
}
