/* Which methods and paths a fault may be set for. */
#ifndef SERVICES_FAULT_NAMES_H
#define SERVICES_FAULT_NAMES_H

#include "sim/base/error.h"

/* Whether a fault may be set for it: a method of a service that can have faults, a path that
 * leads to no method of a control, or "" for every method. Suggests what may have been meant. */
MUST_CHECK int fault_names_check(const char *name, struct error *error);

#endif
