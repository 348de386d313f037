/* Options from environment variables. */
#ifndef CLI_OPTIONS_ENVIRONMENT_H
#define CLI_OPTIONS_ENVIRONMENT_H

#include "sim/cli/options_data.h"

/* Reads the variables of those options whose source is still OPTIONS_DEFAULT, and adds
 * a warning for each that looks mistyped. Lists: commas between advisories; blanks or
 * semicolons where an item may hold commas; there a backslash makes a blank, a semicolon
 * or a backslash part of the item.
 * Returns 0, or -1 with a sentence that names the variable. */
MUST_CHECK int options_environment_read(struct options *options, char *const envp[], struct error *error);

#endif
