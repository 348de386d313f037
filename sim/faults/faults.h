/* Faults set on purpose: which requests go wrong, and how.
 *
 * A fault is set for a path ("/verify"), for a method of one service
 * ("DstackGuest.GetQuote"), for the method of that name of any service ("GetQuote") or
 * for every method (""). The most particular one that is set decides alone: where it
 * leaves a request as it is, the others do too. Each draws from a generator of its own, so
 * that a run repeats itself whatever else is called in between. */
#ifndef FAULTS_FAULTS_H
#define FAULTS_FAULTS_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/keys/seed.h"

#define FAULTS_MAX 64
#define FAULT_METHOD_BYTES 64 /* with NUL */
#define FAULT_MESSAGE_BYTES 256
#define FAULT_DELAY_MS_MAX 600000

struct fault {
    char method[FAULT_METHOD_BYTES]; /* empty: every method */
    unsigned status;                 /* 400 to 599, or 0: the call is answered */
    char message[FAULT_MESSAGE_BYTES];
    uint32_t delay_ms; /* at most FAULT_DELAY_MS_MAX */
    bool drop;
    bool cut;
    uint32_t times;   /* calls it is still for; 0: every call */
    uint32_t percent; /* 1 to 100 of the calls it is asked for */
    uint64_t random;  /* the generator's state; its seed at first */
    uint64_t hits;    /* calls gone wrong by it */
};

struct faults {
    struct fault list[FAULTS_MAX];
    size_t count;
};

/* Whether it does something, within the limits above; or a sentence. */
MUST_CHECK int faults_check(const struct fault *fault, struct error *error);

/* Seeds the fault's generator from the simulator's seed, its method and what is in random. */
void faults_seed(struct fault *fault, const struct seed *seed);

/* Sets a fault in place of what was set for the same method; percent 0 stands for 100.
 * Fails as faults_check does, or when there are too many; then nothing changes. */
MUST_CHECK int faults_set(struct faults *faults, const struct fault *fault, struct error *error);

void faults_clear(struct faults *faults);

/* Whether a request goes wrong; copies how, and counts it.
 * label: "DstackGuest.GetQuote", or a page's path. path: as sent. by_all: a fault for
 * every method means this one too. */
bool faults_take(struct faults *faults, const char *label, struct span path, bool by_all,
                 struct fault *taken);

/* "GetQuote: 500, 2 more times": a line for people, cut where it does not fit. */
void faults_describe(const struct fault *fault, char *out, size_t size);

#endif
