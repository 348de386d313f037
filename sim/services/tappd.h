/* Tappd: the API of 0.3 clients (sim/proto/tappd.proto). */
#ifndef SERVICES_TAPPD_H
#define SERVICES_TAPPD_H

#include "proto/tappd.pb-c.h"
#include "sim/td/td.h"

struct tappd {
    Dstack__Tappd_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
};

/* td outlives it. */
void tappd_init(struct tappd *tappd, struct td *td);

#endif
