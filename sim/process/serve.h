/* The simulator at work: from open listeners to the last client's leaving. */
#ifndef PROCESS_SERVE_H
#define PROCESS_SERVE_H

#include "sim/process/inputs.h"

/* Serves until a signal, or a Shutdown of the first TD, ends it. started: uv_hrtime at the
 * start of the process. Returns 0, or -1 with a sentence when it could not start. */
MUST_CHECK int serve_run(const struct options *options, struct inputs *inputs, uint64_t started,
                         struct error *error);

#endif
