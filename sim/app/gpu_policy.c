#include "sim/app/gpu_policy.h"

#include <string.h>

#include "crypto/hash.h"
#include "sim/base/spelling.h"
#include "sim/base/unconst.h"
#include "sim/format/jcs.h"

#define EMPTY "{}"
#define REGO "rego" /* the one member that is a text */

static const char *member_name(size_t index)
{
    static const char *const names[] = {
        "attest_gpu", REGO, "allow_devtools", "allow_debug", "allow_insecure_boot",
    };

    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

void gpu_policy_hash(const struct app_compose *compose, uint8_t hash[static GPU_POLICY_HASH_BYTES])
{
    json_t *policy = json_loads(compose->gpu_policy ? compose->gpu_policy : EMPTY, JSON_DECODE_ANY, NULL);
    struct buf canonical;

    buf_init(&canonical, SIZE_MAX);
    jcs_write(&canonical, policy);
    hash_sha256(canonical.data, canonical.len, hash);
    buf_free(&canonical);
    json_decref(policy);
}

static int check_member(const char *name, const json_t *value, struct error *error)
{
    const char *meant;

    for (size_t i = 0; member_name(i); i++) {
        if (strcmp(member_name(i), name) != 0)
            continue;
        if (strcmp(name, REGO) == 0)
            return json_is_string(value) || json_is_null(value)
                       ? 0
                       : error_input(error, "%s must be a string", name);
        return json_is_boolean(value) ? 0 : error_input(error, "%s must be true or false", name);
    }
    meant = spelling_nearest(name, strlen(name), member_name);
    return error_input(error, "unknown member %.60s%s%s%s", name, meant ? "; did you mean " : "",
                       meant ? meant : "", meant ? "?" : "");
}

int gpu_policy_check(const json_t *policy, struct error *error)
{
    const char *name;
    json_t *value;

    if (json_is_null(policy))
        return 0;
    if (!json_is_object(policy))
        return error_input(error, "gpu_policy must be an object");
    json_object_foreach(unconst(policy), name, value)
    {
        if (check_member(name, value, error))
            return error_context(error, "gpu_policy");
    }
    return 0;
}
