/* Reading what the user asked for: the command line and the environment. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "sim/cli/options_data.h"

void options_init(struct options *options);

/* Reads the command line (argv[0] is skipped) and, for every option it does not
 * give, the environment (`NAME=value` strings, NULL after the last). An option
 * given twice takes its last value, a list takes all. An empty environment
 * variable counts as absent. When the command line asks for a text about the program
 * (options_asks_for_text) the environment is not read.
 *
 * In: options from options_init.
 * Returns 0, or -1 with a sentence that names the option or the variable;
 * options_free is due either way. */
MUST_CHECK int options_parse(struct options *options, int argc, char *const argv[], char *const envp[],
                             struct error *error);

/* Whether --help, --version, --man or --completion was given. */
bool options_asks_for_text(const struct options *options);

/* Whether a setting is from the command line or the environment.
 * field: points to a field of *options that has a row in the table. */
bool options_is_given(const struct options *options, const void *field);

/* What a setting was called where it was given: "--app-compose", or the variable.
 * field: as above, or &options->decrypt_env. Out: at most OPTIONS_NAME_MAX bytes. */
void options_given_as(const struct options *options, const void *field, char *out);

void options_free(struct options *options);

#endif
