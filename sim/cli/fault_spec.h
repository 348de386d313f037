/* The argument of --fault: METHOD=WHAT[,WHAT...].
 *
 * METHOD is a method as in faults.h, or `*` for all. WHAT is a status from 400 to 599, `drop`,
 * `cut`, `garbage`, `delay=MS`, `times=N`, `percent=N`, `seed=N` or, at the end because it takes the rest of
 * the text, `message=TEXT`. */
#ifndef CLI_FAULT_SPEC_H
#define CLI_FAULT_SPEC_H

#include "sim/faults/faults.h"

/* Returns 0, or -1 with a sentence that says what is wrong with `text`. Does not check that the
 * method exists. The seed is in fault->random. */
MUST_CHECK int fault_spec_parse(struct fault *fault, const char *text, struct error *error);

#endif
