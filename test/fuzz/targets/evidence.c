/* What /verify is given beside a quote: an event log in JSON (first byte even), or an attestation in SCALE
 * or MessagePack (odd). */
#include "sim/verify/evidence_read.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    bool is_attestation = fuzz_choice(&input) % 2 != 0;
    struct error error = {.kind = ERROR_NONE};
    struct evidence evidence;
    struct arena arena;
    int result;

    arena_init(&arena);
    result = is_attestation ? evidence_read_attestation(input, &arena, &evidence, &error)
                            : evidence_read_quote(SPAN_NONE, input, &arena, &evidence, &error);
    fuzz_expect_sentence(result, &error);
    if (result == 0)
        FUZZ_EXPECT(evidence.count <= EVIDENCE_EVENTS_MAX);
    arena_free(&arena);
    return 0;
}
