#include "sim/td/td_keys.h"

bool td_keys_has_remote_ca(const struct td *td)
{
    return !td->keys.ca_cert;
}

bool td_keys_are_given(const struct td *td)
{
    static const uint8_t none[sizeof td->keys.k256_key];

    return memcmp(td->keys.k256_key, none, sizeof none) != 0;
}

static int identify(struct td *td, struct error *error)
{
    const struct app_keys *keys = &td->keys;

    identity_set_key_provider(&td->identity, td->app.says.key_provider,
                              span_of(keys->provider_id, keys->provider_id_len));
    return identity_check_key_provider(&td->identity, &td->app, error) ? error_context(error, "app-compose")
                                                                       : 0;
}

/* The keyring points to td->keys. */
int td_keys_take(struct td *td, struct app_keys *keys, struct span os_image_hash, struct error *error)
{
    struct app_keys before = td->keys;

    td->keys = *keys;
    if (identify(td, error) || td_complete(td, os_image_hash, error)) {
        td->keys = before;
        return -1;
    }
    app_keys_free(&before);
    *keys = (struct app_keys){.ca_cert = NULL};
    return 0;
}

void td_keys_certify(struct td *td, const char *chain)
{
    text_copy(&td->given_cert, chain, strlen(chain));
    td->is_booting = false;
    td->generation++;
}
