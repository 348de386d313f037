/* The list of the TCB evaluation data sets, as Intel's PCS serves it. */
#ifndef TDX_EVALUATION_NUMBERS_H
#define TDX_EVALUATION_NUMBERS_H

#include "sim/tdx/tcb_document.h"

#define EVALUATION_NUMBERS "tcbEvaluationDataNumbers"
#define EVALUATION_NUMBERS_VERSION 1

/* {"tcbEvaluationDataNumbers":{...},"signature":"..."}, NUL-terminated and on the heap. The
 * edition's set does not matter. */
char *evaluation_numbers_render(const struct platform *platform, const struct scenario *scenario,
                                const struct tcb_edition *edition);

#endif
