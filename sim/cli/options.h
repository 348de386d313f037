/* Reads options from the command line and the environment. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "sim/cli/options_data.h"

void options_init(struct options *options);

/* Reads the command line (argv[0] is skipped) and, for every option not given there, the
 * environment (`NAME=value` strings, NULL after the last). If an option is given twice, its
 * last value counts; a list takes all. An empty environment variable counts as absent. If the
 * command line asks for a text about the program (options_asks_for_text), the environment is not
 * read.
 *
 * In: options from options_init.
 * Returns 0, or -1 with a sentence that names the option or the variable. Call options_free in
 * both cases. */
MUST_CHECK int options_parse(struct options *options, int argc, char *const argv[], char *const envp[],
                             struct error *error);

/* Whether --help, --version, --man or --completion was given. */
bool options_asks_for_text(const struct options *options);

/* Whether a setting comes from the command line or the environment.
 * field: points to a field of *options that has a row in the table. */
bool options_is_given(const struct options *options, const void *field);

/* Writes the name under which a setting was given: "--app-compose", or the variable.
 * field: as above, or &options->decrypt_env. Out: at most OPTIONS_NAME_MAX bytes. */
void options_given_as(const struct options *options, const void *field, char *out);

void options_free(struct options *options);

#endif
