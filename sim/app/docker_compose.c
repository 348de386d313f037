#include "sim/app/docker_compose.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>

#include "sim/base/memory.h"

#define MANIFEST_VERSION 2

/* Python and JavaScript write a control character as \u001f, jansson writes \u001F. */
static void lower_escapes(char *json)
{
    for (char *at = json; *at; at++) {
        if (*at != '\\')
            continue;
        if (*++at == 'u')
            for (int i = 1; i <= 4; i++)
                at[i] = (char)tolower((unsigned char)at[i]);
    }
}

static json_t *describe(const char *name, struct span file)
{
    return json_pack("{s:i, s:s, s:s, s:s%, s:b, s:b, s:b, s:s, s:b, s:b, s:b, s:[], s:b, s:b}",
                     "manifest_version", MANIFEST_VERSION, "runner", "docker-compose", "name", name,
                     "docker_compose_file", (const char *)file.data, file.len, "kms_enabled", 1,
                     "gateway_enabled", 0, "local_key_provider_enabled", 0, "key_provider_id", "",
                     "public_logs", 1, "public_sysinfo", 1, "public_tcbinfo", 1, "allowed_envs",
                     "no_instance_id", 0, "secure_time", 0);
}

char *docker_compose_wrap(const char *name, struct span file, size_t *len, struct error *error)
{
    bool has_nul = file.len > 0 && memchr(file.data, '\0', file.len);
    json_t *root = has_nul ? NULL : describe(name, file);
    char *dumped = root ? json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    char *text = NULL;

    if (dumped) {
        lower_escapes(dumped);
        *len = strlen(dumped);
        text = memory_copy(dumped, *len);
    } else {
        error_input(error, "the docker-compose file and the app's name must be UTF-8 text without U+0000");
    }
    free(dumped);
    json_decref(root);
    return text;
}
