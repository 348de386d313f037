/* A file of app keys. */
#include "sim/keys/app_keys.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct k256 *k256 = k256_new();
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys = {.ca_cert = NULL};
    int result = app_keys_parse(&keys, span_of(data, len), k256, &error);

    fuzz_expect_sentence(result, &error);
    if (result == 0)
        app_keys_free(&keys);
    k256_free(k256);
    return 0;
}
