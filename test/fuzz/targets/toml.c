/* The dstack.toml of dstack's simulator. */
#include "sim/format/toml.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct toml toml;
    int result;

    arena_init(&arena);
    result = toml_parse(span_of(data, len), &arena, &toml, &error);
    fuzz_expect_sentence(result, &error);
    if (result == 0)
        FUZZ_EXPECT(toml.count <= TOML_VALUES_MAX);
    arena_free(&arena);
    return 0;
}
