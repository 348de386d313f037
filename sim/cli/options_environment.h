/* Reads options from environment variables. */
#ifndef CLI_OPTIONS_ENVIRONMENT_H
#define CLI_OPTIONS_ENVIRONMENT_H

#include "sim/cli/options_data.h"

/* Reads the variables of all options whose source is still OPTIONS_DEFAULT, and adds a warning for
 * each variable that looks mistyped. Items of a list are separated by commas or, where an item may
 * contain commas, by blanks or semicolons; there a backslash makes a blank, a semicolon or a
 * backslash part of the item.
 * Returns 0, or -1 with a sentence that names the variable. */
MUST_CHECK int options_environment_read(struct options *options, char *const envp[], struct error *error);

#endif
