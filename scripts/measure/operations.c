/* Prints how long the public-key operations take that a call cannot do without, in microseconds: JSON. */
#include <stdio.h>
#include <time.h>

#include "crypto/k256.h"
#include "crypto/p256.h"

enum { ROUNDS = 20, REPEATS = 50 }; /* the best round counts: in others, something else ran */

struct subject {
    struct k256 *k256;
    struct p256_key key;
    uint8_t digest[32];
    uint8_t signature[64];
    unsigned failures;
};

static double micros(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
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

static void p256_verification(struct subject *s)
{
    s->failures += !p256_verify(s->key.public_key, s->digest, s->signature);
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

static void measure(struct subject *s, const char *name, bool is_fresh, void (*act)(struct subject *))
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double started = micros(), each;

        for (int i = 0; i < REPEATS; i++) {
            s->digest[31] = (uint8_t)(s->digest[31] + is_fresh);
            act(s);
        }
        each = (micros() - started) / REPEATS;
        best = round == 0 || each < best ? each : best;
    }
    printf("\"%s\": %.3f, ", name, best);
}

int main(void)
{
    struct subject s = {.k256 = k256_new(), .digest = {1, 2, 3}};

    if (p256_key_from_scalar(&s.key, s.digest))
        return 1;
    printf("{");
    measure(&s, "p256_key", true, p256_key);
    measure(&s, "p256_sign", true, p256_signing);
    p256_sign(&s.key, s.digest, s.signature);
    measure(&s, "p256_verify", false, p256_verification);
    measure(&s, "k256_key", true, k256_key);
    measure(&s, "k256_sign", true, k256_signing);
    printf("\"failures\": %u}\n", s.failures);
    k256_free(s.k256);
    return s.failures != 0;
}
