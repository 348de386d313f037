/* The argument of --fault: METHOD=WHAT[,WHAT...].
 *
 * METHOD is what faults.h calls a fault's method, `*` for every one. WHAT is a status from
 * 400 to 599, `drop`, `cut`, `delay=MS`, `times=N`, `percent=N`, `seed=N` or, last
 * because it takes all that follows, `message=TEXT`. */
#ifndef CLI_FAULT_SPEC_H
#define CLI_FAULT_SPEC_H

#include "sim/faults/faults.h"

/* Returns 0, or -1 with a sentence that says what was wrong with `text`. Does not check whether
 * there is such a method; the seed is in fault->random. */
MUST_CHECK int fault_spec_parse(struct fault *fault, const char *text, struct error *error);

#endif
