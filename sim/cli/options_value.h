/* Reads one value into its field, for the command line, the environment and the defaults. */
#ifndef CLI_OPTIONS_VALUE_H
#define CLI_OPTIONS_VALUE_H

#include "sim/cli/options_table.h"

/* Reads a value into the row's field, where a list gets one more item, and records its source.
 * Returns 0, or -1 with a sentence that names the option as it was given. */
MUST_CHECK int options_value_read(struct options *options, const struct option_row *row,
                                  enum options_source source, const char *text, struct error *error);

/* Writes the name under which the row's option was given: "--app-compose", or the variable.
 * Out: at most OPTIONS_NAME_MAX bytes. */
void options_value_name(const struct options *options, const struct option_row *row, char *out);

#endif
