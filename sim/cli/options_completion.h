/* --completion. */
#ifndef CLI_OPTIONS_COMPLETION_H
#define CLI_OPTIONS_COMPLETION_H

#include <stdio.h>

#include "sim/cli/options_data.h"

/* The text of --completion: a script for that shell, which is not OPTIONS_SHELL_NONE. */
void options_completion(FILE *stream, enum options_shell shell);

#endif
