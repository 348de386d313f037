/* Runs the simulator, from opening the listeners until the last client has gone. */
#ifndef PROCESS_SERVE_H
#define PROCESS_SERVE_H

#include "sim/process/inputs.h"

/* Serves until a signal, or Shutdown of the first TD. started: uv_hrtime at the start of the
 * process. Returns 0, or -1 with an error if it could not start. */
MUST_CHECK int serve_run(const struct options *options, struct inputs *inputs, uint64_t started,
                         struct error *error);

#endif
