/* --help. */
#ifndef CLI_OPTIONS_HELP_H
#define CLI_OPTIONS_HELP_H

#include <stdio.h>

#include "sim/cli/options_data.h"

/* The text of --help: one screen. */
void options_help(FILE *stream);

#endif
