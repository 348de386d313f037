/* Injected faults: which requests go wrong, and how.
 *
 * A fault is set on a path ("/verify"), on a method of one version of a service
 * ("v1.DstackGuest.GetKey"), on a method of one service ("DstackGuest.GetKey"), on a method of
 * any service ("GetKey") or on every method (""). Only the most specific matching fault is
 * considered; if it spares a request, no other applies. Each fault has its own random generator,
 * so that a run can be repeated regardless of other calls. */
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
    unsigned status;                 /* 400 to 599, or 0: the call does not fail */
    char message[FAULT_MESSAGE_BYTES];
    uint32_t delay_ms; /* at most FAULT_DELAY_MS_MAX */
    bool drop;
    bool cut;
    bool garbage;
    uint32_t times;   /* calls still to affect; 0: no limit */
    uint32_t percent; /* of matching calls to affect, 1 to 100 */
    uint64_t random;  /* the generator's state, initially its seed */
    uint64_t hits;    /* calls affected so far */
};

struct faults {
    struct fault list[FAULTS_MAX];
    size_t count;
};

/* Checks that the fault has an effect and keeps to the limits above. */
MUST_CHECK int faults_check(const struct fault *fault, struct error *error);

/* Seeds the fault's generator from the simulator's seed, the method and the current random. */
void faults_seed(struct fault *fault, const struct seed *seed);

/* Sets a fault, replacing one on the same method; percent 0 means 100. Fails like
 * faults_check, or if there are too many; then nothing changes. */
MUST_CHECK int faults_set(struct faults *faults, const struct fault *fault, struct error *error);

void faults_clear(struct faults *faults);

/* Returns whether a fault affects the request, copies that fault to *taken and counts the hit.
 * label: "DstackGuest.GetQuote", "v1.DstackGuest.GetKey", or the path of a page. path: as the
 * router reads it. by_all: a fault on every method applies too. */
bool faults_take(struct faults *faults, const char *label, struct span path, bool by_all,
                 struct fault *taken);

/* "GetQuote: fails with 500, 2 more times": one line for people, truncated to size. */
void faults_describe(const struct fault *fault, char *out, size_t size);

#endif
