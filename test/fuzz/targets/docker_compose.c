/* A docker-compose file: checked, and made into an app-compose file, which then must be one. */
#include "sim/app/app.h"
#include "sim/app/containers.h"
#include "sim/app/docker_compose.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct error error = {.kind = ERROR_NONE}, of_wrap = {.kind = ERROR_NONE}, of_app = {.kind = ERROR_NONE};
    struct span file = span_of(data, len);
    struct app app;
    size_t json_len = 0;
    char *json;

    fuzz_expect_sentence(containers_check(file, &error), &error);
    json = docker_compose_wrap("fuzzed", file, &json_len, &of_wrap);
    fuzz_expect_sentence(json ? 0 : -1, &of_wrap);
    if (json && json_len <= APP_COMPOSE_FILE_BYTES_MAX) {
        FUZZ_EXPECT(app_parse(&app, span_of(json, json_len), &of_app) == 0);
        app_free(&app);
    }
    free(json);
    return 0;
}
