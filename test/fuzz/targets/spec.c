/* Arguments with a grammar: those of --listen, --fault and --tcb-status. The first byte chooses. */
#include "sim/cli/fault_spec.h"
#include "sim/cli/listen_spec.h"
#include "sim/cli/tcb_spec.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    uint8_t choice = fuzz_choice(&input);
    struct error error = {.kind = ERROR_NONE};
    struct scenario scenario = {.tcb_status = 0};
    struct listen_spec listen;
    struct fault fault;
    struct arena arena;
    const char *text;

    arena_init(&arena);
    text = fuzz_text(input, &arena);
    fuzz_expect_sentence(choice % 3 == 0   ? listen_spec_parse(&listen, text, &error)
                         : choice % 3 == 1 ? fault_spec_parse(&fault, text, &error)
                                           : tcb_spec_read(&scenario, text, &error),
                         &error);
    arena_free(&arena);
    return 0;
}
