/* Verifier: dstack-verifier's API, with the simulator's root in Intel's place
 * (sim/proto/verifier.proto). */
#ifndef SERVICES_VERIFIER_H
#define SERVICES_VERIFIER_H

#include "proto/verifier.pb-c.h"
#include "sim/td/td.h"

struct verifier {
    Dstack__Verifier_Service service; /* first: handlers get back from it to the struct */
    struct td *td;                    /* whose platform and collateral it trusts */
};

/* td outlives it. */
void verifier_init(struct verifier *verifier, struct td *td);

#endif
