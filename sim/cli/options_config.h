/* --print-config. */
#ifndef CLI_OPTIONS_CONFIG_H
#define CLI_OPTIONS_CONFIG_H

#include <stdio.h>

#include "sim/cli/options_data.h"

/* Writes a file for docker's --env-file, systemd's EnvironmentFile or a shell, from which
 * options_parse reads the same settings. */
void options_config(FILE *stream, const struct options *options);

#endif
