/* A certificate signing request of a KMS; the first byte chooses its version, and the second is the length of
 * the signature that follows. */
#include "sim/keys/csr.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    uint32_t version = fuzz_choice(&input) % 4u;
    size_t said = fuzz_choice(&input), signature_len = said < input.len ? said : input.len;
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct csr csr;

    arena_init(&arena);
    fuzz_expect_sentence(csr_read(version, span_of(input.data + signature_len, input.len - signature_len),
                                  span_of(input.data, signature_len), &arena, &csr, &error),
                         &error);
    arena_free(&arena);
    return 0;
}
