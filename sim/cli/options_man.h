/* --man. */
#ifndef CLI_OPTIONS_MAN_H
#define CLI_OPTIONS_MAN_H

#include <stdio.h>

#include "sim/cli/options_data.h"

/* Writes the manual page, dstack-simulator(1), in roff. */
void options_man(FILE *stream);

#endif
