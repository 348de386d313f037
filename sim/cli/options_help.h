/* --help. */
#ifndef CLI_OPTIONS_HELP_H
#define CLI_OPTIONS_HELP_H

#include <stdio.h>

#include "sim/cli/options_data.h"

/* Writes the summary, which fits one screen. */
void options_help(FILE *stream);

#endif
