/* The seed, from which all keys and ids are derived.
 *
 * Each secret or identifier has its own label. The same seed and label give the same bytes on
 * every machine and in every run, and simulators with the same seed share everything that does
 * not depend on the app. */
#ifndef KEYS_SEED_H
#define KEYS_SEED_H

#include "crypto/p256.h"
#include "sim/base/span.h"

struct seed {
    uint8_t key[32];
};

void seed_init(struct seed *seed, const char *text);

/* Derives len bytes (at most 255 * 32) for that label. which: distinguishes several things with
 * the same label. */
void seed_bytes(const struct seed *seed, const char *label, struct span which, uint8_t *out, size_t len);

/* Derives the P-256 key for that label; which as above. */
void seed_p256(const struct seed *seed, const char *label, struct span which, struct p256_key *key);

#endif
