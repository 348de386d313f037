/* What an app's keys are derived with: its app keys, their curve, and a cache. */
#ifndef KEYS_KEYRING_H
#define KEYS_KEYRING_H

#include "sim/keys/app_keys.h"

struct app_key_cache;

struct keyring {
    const struct k256 *k256;
    const struct app_keys *keys;
    struct app_key_cache *cache;
};

#endif
