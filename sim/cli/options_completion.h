/* --completion. */
#ifndef CLI_OPTIONS_COMPLETION_H
#define CLI_OPTIONS_COMPLETION_H

#include <stdio.h>

#include "sim/cli/options_data.h"

/* Writes the completion script for a shell, which must not be OPTIONS_SHELL_NONE. */
void options_completion(FILE *stream, enum options_shell shell);

#endif
