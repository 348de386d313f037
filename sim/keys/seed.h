/* Everything random-looking follows from the seed.
 *
 * Each secret or identifier has a label of its own; the same seed and label give
 * the same bytes on every machine and in every run, and simulators with one seed
 * share what does not name the app. */
#ifndef KEYS_SEED_H
#define KEYS_SEED_H

#include "crypto/p256.h"
#include "sim/base/span.h"

struct seed {
    uint8_t key[32];
};

void seed_init(struct seed *seed, const char *text);

/* len bytes (at most 255 * 32) for that label and, where one label serves several
 * things, what tells them apart. */
void seed_bytes(const struct seed *seed, const char *label, struct span which, uint8_t *out, size_t len);

/* The P-256 key of that label and, again, what tells several apart. */
void seed_p256(const struct seed *seed, const char *label, struct span which, struct p256_key *key);

#endif
