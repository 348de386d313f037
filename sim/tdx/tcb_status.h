/* Whether a platform is up to date (Intel PCS API version 4, "Get TDX TCB Info"). */
#ifndef TDX_TCB_STATUS_H
#define TDX_TCB_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/must_check.h"

/* The statuses of Intel's TCB info, version 3, from good to bad. */
enum tcb_status {
    TCB_UP_TO_DATE,
    TCB_SW_HARDENING_NEEDED,
    TCB_CONFIGURATION_NEEDED,
    TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
    TCB_OUT_OF_DATE,
    TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
    TCB_REVOKED,
};
#define TCB_STATUSES 7

const char *tcb_status_name(enum tcb_status status); /* "UpToDate" */

/* The name of the status with that value, NULL past the last: a list of words for spelling.h. */
const char *tcb_status_word(size_t index);

/* The status with that name. Returns 0, or -1 if there is none. */
MUST_CHECK int tcb_status_by_name(const char *name, enum tcb_status *status);

/* Whether there is a newer level, which a platform of this status does not reach. */
bool tcb_status_is_behind(enum tcb_status status);

/* What the status of a platform means for its TDX module and its quoting enclave, which are
 * UpToDate, OutOfDate or Revoked. */
enum tcb_status tcb_status_of_part(enum tcb_status status);

#endif
