/* The files that describe machine and image, and the sys-config.json of dstack's simulator. The first byte
 * chooses. */
#include "sim/image/machine.h"
#include "sim/image/os_image.h"
#include "sim/td/mr_config.h"
#include "test/fuzz/fuzz.h"

static int read_document(struct span json, struct error *error)
{
    char *document = NULL;
    int result = mr_config_document(json, &document, error);

    free(document);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    struct error error = {.kind = ERROR_NONE};
    struct machine machine = {.memory_size = 0};
    struct os_image image;
    int result = 0;

    switch (fuzz_choice(&input) % 4) {
    case 0:
        result = machine_apply_sys_config(&machine, input, &error);
        break;
    case 1:
        result = machine_parse(&machine, input, &error);
        break;
    case 2:
        result = os_image_parse(&image, input, &error);
        break;
    default:
        result = read_document(input, &error);
        break;
    }
    fuzz_expect_sentence(result, &error);
    return 0;
}
