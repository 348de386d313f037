/* The vm_config of a TD, and the measurement of its image in CBOR. */
#include "sim/image/vm_config.h"
#include "test/fuzz/fuzz.h"

static void read_measurement(struct span measurement)
{
    struct error error = {.kind = ERROR_NONE};
    struct os_image image;

    fuzz_expect_sentence(measurement_document_read(measurement, &image, &error), &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    bool is_measurement = fuzz_choice(&input) % 2 != 0;
    struct error error = {.kind = ERROR_NONE};
    struct vm_config config;
    struct arena arena;

    arena_init(&arena);
    if (is_measurement) {
        read_measurement(input);
    } else {
        int result = vm_config_read(input, &arena, &config, &error);

        fuzz_expect_sentence(result, &error);
        if (result == 0)
            read_measurement(config.measurement);
    }
    arena_free(&arena);
    return 0;
}
