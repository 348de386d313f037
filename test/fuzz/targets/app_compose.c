/* An app-compose file: its members, and the containers of the docker-compose file in it. */
#include "sim/app/app.h"
#include "sim/app/app_manifest.h"
#include "sim/app/containers.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char sentence[APP_MANIFEST_SENTENCE_BYTES];
    struct error error = {.kind = ERROR_NONE}, of_manifest = {.kind = ERROR_NONE};
    struct container *containers;
    struct arena arena;
    struct app app;
    int result = app_parse(&app, span_of(data, len), &error);

    fuzz_expect_sentence(result, &error);
    if (result != 0)
        return 0;
    arena_init(&arena);
    FUZZ_EXPECT(containers_list(&app, &arena, &containers) <= CONTAINERS_MAX);
    fuzz_expect_sentence(app_manifest_check(&app.says, len % 2 != 0, &of_manifest), &of_manifest);
    (void)app_manifest_ignored(&app.says, sentence);
    arena_free(&arena);
    app_free(&app);
    return 0;
}
