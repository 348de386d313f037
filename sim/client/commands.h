/* The commands that deploy to a running simulator: deploy, ps, logs and rm. */
#ifndef CLIENT_COMMANDS_H
#define CLIENT_COMMANDS_H

#include "sim/base/error.h"
#include "sim/cli/options.h"

/* Whether the options ask for one of them. */
bool commands_are_asked_for(const struct options *options);

/* Runs it and prints to standard output. */
MUST_CHECK int commands_run(const struct options *options, struct error *error);

#endif
