/* What a test makes wrong with the platform, to check that an app refuses it. */
#ifndef TDX_SCENARIO_H
#define TDX_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"
#include "sim/tdx/tcb_status.h"

#define SCENARIO_ADVISORIES_MAX 16
#define SCENARIO_ADVISORY_BYTES 32 /* with NUL: "INTEL-SA-00837" */

/* All zero is a healthy platform. */
struct scenario {
    enum tcb_status tcb_status;
    char advisories[SCENARIO_ADVISORIES_MAX][SCENARIO_ADVISORY_BYTES];
    size_t advisory_count;
    bool pck_revoked;        /* the PCK CRL lists the PCK certificate */
    bool collateral_expired; /* TCB info and QE identity expired yesterday */
    bool key_not_vouched;    /* quotes are signed by a key the QE report does not name */
};

/* Sets the status with that name. The error lists all names. */
MUST_CHECK int scenario_set_status(struct scenario *scenario, const char *name, struct error *error);

/* Adds an advisory id: letters, digits and dashes. One that looks like Intel's must be written as
 * Intel writes them, because a verifier compares them literally. */
MUST_CHECK int scenario_add_advisory(struct scenario *scenario, const char *id, struct error *error);

#endif
