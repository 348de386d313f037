/* Prints how long the public-key operations take that a call cannot do without, in microseconds: JSON.
 * usage: operations SECONDS
 * They take turns, so that a machine that is slower for a while is so for all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/k256.h"
#include "crypto/p256.h"

enum { REPEATS = 10 };

struct subject {
    struct k256 *k256;
    struct p256_key key;
    uint8_t digest[32];
    uint8_t signature[64];
    unsigned failures;
};

struct operation {
    const char *name;
    void (*act)(struct subject *s);
    double micros; /* of all */
    double count;
};

static double micros(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void p256_key(struct subject *s)
{
    struct p256_key key;

    s->failures += p256_key_from_scalar(&key, s->digest) != 0;
}

static void p256_signing(struct subject *s)
{
    p256_sign(&s->key, s->digest, s->signature);
}

static void k256_key(struct subject *s)
{
    uint8_t public_key[K256_PUBLIC_BYTES];

    s->failures += k256_public_key(s->k256, s->digest, public_key) != 0;
}

static void k256_signing(struct subject *s)
{
    uint8_t signature[65];

    s->failures += k256_sign_recoverable(s->k256, s->key.scalar, s->digest, signature) != 0;
}

/* Adds the processor time of some repetitions. */
static void measure(struct subject *s, struct operation *operation)
{
    const double started = micros(CLOCK_PROCESS_CPUTIME_ID);

    for (int i = 0; i < REPEATS; i++) {
        s->digest[31]++;
        operation->act(s);
    }
    operation->micros += micros(CLOCK_PROCESS_CPUTIME_ID) - started;
    operation->count += REPEATS;
}

int main(int count, char **arguments)
{
    struct subject s = {.k256 = k256_new(), .digest = {1, 2, 3}};
    struct operation operations[] = {
        {.name = "p256_key", .act = p256_key},
        {.name = "p256_sign", .act = p256_signing},
        {.name = "k256_key", .act = k256_key},
        {.name = "k256_sign", .act = k256_signing},
    };
    const double ends = micros(CLOCK_MONOTONIC) + (count == 2 ? strtod(arguments[1], NULL) * 1e6 : 0);

    if (count != 2 || p256_key_from_scalar(&s.key, s.digest))
        return 2;
    do
        for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
            measure(&s, &operations[i]);
    while (micros(CLOCK_MONOTONIC) < ends);
    printf("{");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        printf("\"%s\": %.3f, ", operations[i].name, operations[i].micros / operations[i].count);
    printf("\"failures\": %u}\n", s.failures);
    k256_free(s.k256);
    return s.failures != 0;
}
