/* The encrypted environment that a TD was deployed with, and the keys that it may be encrypted to. */
#ifndef TD_TD_ENV_H
#define TD_TD_ENV_H

#include "sim/app/encrypted_env.h"
#include "sim/keys/app_keys.h"
#include "sim/keys/kms.h"

struct td_env {
    const struct kms *kms; /* this and the next three outlive it */
    const struct app *app;
    const struct app_keys *keys;
    const uint8_t *app_id;
    uint8_t *bytes;        /* heap, or NULL */
    struct span encrypted; /* these: as encrypted_env.h describes it; or nothing */
    char *name;            /* heap: what errors call it; or NULL */

    /* Set by td_env_check. */
    size_t count;         /* variables in it that the app gets ... */
    size_t dropped_count; /* ... and does not get, because they are not in its allowed_envs */
};

/* app_id: APP_ID_BYTES, which may change until the first use. Copies what is encrypted, and the name. */
void td_env_init(struct td_env *env, const struct kms *kms, const struct app *app,
                 const struct app_keys *keys, const uint8_t *app_id, struct span encrypted, const char *name);
void td_env_free(struct td_env *env);

/* Whether the TD ignores an encrypted environment, because it has no key for it: without a KMS. */
bool td_env_is_ignored(const struct td_env *env);

/* Decrypts an environment that was encrypted for this app: its own, or another one. */
MUST_CHECK int td_env_decrypt(const struct td_env *env, struct span encrypted, struct arena *arena,
                              struct env *out, struct error *error);

/* Counts the variables, and reports an environment that cannot be decrypted at the start, not at its
 * first use. */
MUST_CHECK int td_env_check(struct td_env *env, struct error *error);

#endif
