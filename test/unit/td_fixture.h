/* A TD with the app keys of fixtures/vectors, fresh for each test. */
#ifndef TEST_TD_FIXTURE_H
#define TEST_TD_FIXTURE_H

#include <stdio.h>

#include "sim/base/file.h"
#include "sim/td/td.h"
#include "test/unit/vectors.h"

#define APP_KEYS_VECTOR "fixtures/vectors/appkeys.json" /* tests run at the top of the tree */

static inline int td_setup(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    char *keys;
    size_t len;

    if (file_read(APP_KEYS_VECTOR, APP_KEYS_FILE_BYTES_MAX, &keys, &len, &error))
        fail_msg("%s", error.text);
    td_config_init(&config);
    config.app_keys = span_of(keys, len);
    *state = td_new(&config, &error);
    free(keys);
    if (!*state)
        fail_msg("%s", error.text);
    return 0;
}

static inline int td_teardown(void **state)
{
    td_free(*state);
    return 0;
}

#endif
