/* The argument of --tcb-status: [PART=]STATUS.
 *
 * Without PART it is the status of everything, or `Recovered`; PART is `platform`, `tdx-module`, `qe`
 * or `early`. */
#ifndef CLI_TCB_SPEC_H
#define CLI_TCB_SPEC_H

#include "sim/tdx/scenario.h"

/* What --tcb-status takes without PART: a list of words for spelling.h. */
const char *tcb_spec_word(size_t index);

/* Sets the status that text names and leaves the others as they are. Returns 0, or -1 with a
 * sentence that says what is wrong with `text`. */
MUST_CHECK int tcb_spec_read(struct scenario *scenario, const char *text, struct error *error);

#endif
