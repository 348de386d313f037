/* The encrypted environment that an app is deployed with: the output of the SDKs'
 * encrypt_env_vars for the key of KMS.GetAppEnvEncryptPubKey.
 *
 * Ephemeral X25519 key 32 || IV 12 || AES-256-GCM, under the shared secret, of
 * {"env":[{"key","value"}]} || tag 16. */
#ifndef APP_ENCRYPTED_ENV_H
#define APP_ENCRYPTED_ENV_H

#include "sim/app/app.h"
#include "sim/app/env.h"
#include "sim/base/arena.h"

#define ENCRYPTED_ENV_BYTES_MAX (1024 * 1024)

#define ENCRYPTED_ENV_SECRETS_MAX 3

/* The X25519 secrets to decrypt it with, in the order they are tried. */
struct encrypted_env_secrets {
    uint8_t list[ENCRYPTED_ENV_SECRETS_MAX][32];
    size_t count;
};

/* Decrypts an environment and drops what is not in the app's allowed_envs, as the guest does. Fails for a
 * name that no shell takes. Everything is in the arena. */
MUST_CHECK int encrypted_env_decrypt(const struct encrypted_env_secrets *secrets, const struct app *app,
                                     struct span encrypted, struct arena *arena, struct env *env,
                                     struct error *error);

/* The bytes to decrypt, from a file that holds them as hex digits (with optional 0x and white
 * space around them) or as they are. In the arena. */
struct span encrypted_env_from_file(struct span file, struct arena *arena);

#endif
