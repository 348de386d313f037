/* Which methods and paths a fault may be set on. */
#ifndef SERVICES_FAULT_NAMES_H
#define SERVICES_FAULT_NAMES_H

#include "sim/base/error.h"

/* Checks that a fault may be set on it: a method of a service that is not a control, a path
 * that does not lead to a control's method, or "" for every method. The error suggests a name. */
MUST_CHECK int fault_names_check(const char *name, struct error *error);

#endif
