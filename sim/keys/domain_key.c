#include "sim/keys/domain_key.h"

#include "crypto/hkdf.h"
#include "sim/keys/app_key_cache.h"

#define SALT "dstack-guest-v1"
#define KEY_TAG "dstack-guest-v1-key"
#define CLAIM_TAG "dstack-guest-v1-key-claim"
#define ALGORITHMS "use `secp256k1` or `ed25519`"
#define FIELDS_MAX 4

static const char *const names[] = {[APP_KEY_SECP256K1] = "secp256k1", [APP_KEY_ED25519] = "ed25519"};

int domain_key_algorithm(const char *name, enum app_key_algorithm *algorithm, struct error *error)
{
    if (strcmp(name, names[APP_KEY_SECP256K1]) == 0)
        *algorithm = APP_KEY_SECP256K1;
    else if (strcmp(name, names[APP_KEY_ED25519]) == 0)
        *algorithm = APP_KEY_ED25519;
    else if (*name)
        return error_input(error, "unsupported algorithm `%.32s`, " ALGORITHMS, name);
    else
        return error_input(error, "algorithm is required, " ALGORITHMS);
    return 0;
}

/* Fields with their lengths in front, as parts to be concatenated. */
struct fields {
    uint8_t lengths[FIELDS_MAX][4];
    struct bytes parts[2 * FIELDS_MAX];
    size_t count; /* of parts */
};

static void add_field(struct fields *fields, const void *data, size_t len)
{
    uint8_t *length = fields->lengths[fields->count / 2];

    bytes_put_be32(length, (uint32_t)len);
    fields->parts[fields->count++] = (struct bytes){length, 4};
    fields->parts[fields->count++] = (struct bytes){data, len};
}

/* The fields with which both derivation and claim begin. */
static void begin(struct fields *fields, const char *tag, enum app_key_algorithm algorithm,
                  struct span domain)
{
    fields->count = 0;
    add_field(fields, tag, strlen(tag));
    add_field(fields, names[algorithm], strlen(names[algorithm]));
    add_field(fields, domain.data, domain.len);
}

static int make_key(const struct keyring *keyring, enum app_key_algorithm algorithm, struct span domain,
                    struct app_key *key)
{
    struct fields info, claim;

    begin(&info, KEY_TAG, algorithm, domain);
    hkdf_sha256((struct bytes){SALT, sizeof SALT - 1}, (struct bytes){keyring->keys->k256_key, 32},
                info.parts, info.count, key->private_key, sizeof key->private_key);
    if (app_key_complete(keyring->k256, algorithm, key))
        return -1;
    begin(&claim, CLAIM_TAG, algorithm, domain);
    add_field(&claim, key->public_key, key->public_key_len);
    return app_key_vouch(keyring, claim.parts, claim.count, key);
}

int domain_key_get(const struct keyring *keyring, enum app_key_algorithm algorithm, struct span domain,
                   struct app_key *key, struct error *error)
{
    const struct bytes parts[] = {{"domain", 6}, {domain.data, domain.len}};
    struct app_key_cache_name name;

    app_key_cache_name_init(&name, (uint8_t)algorithm, parts, 2);
    if (app_key_cache_find(keyring->cache, &name, key))
        return 0;
    if (domain.len > UINT32_MAX)
        return error_input(error, "domain is too long: %zu bytes", domain.len);
    if (make_key(keyring, algorithm, domain, key))
        return error_input(error, "this domain does not yield a valid key; choose another");
    app_key_cache_add(keyring->cache, &name, key);
    return 0;
}
