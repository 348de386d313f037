/* What dstack's own simulator reads, so that it can be replaced by this one: its configuration,
 * dstack.toml, and the three files of the directory where it is started. */
#ifndef CLI_OPTIONS_DSTACK_H
#define CLI_OPTIONS_DSTACK_H

#include "sim/cli/options_data.h"

/* Reads the file of --config, if there is one: the files that it names become those of our options,
 * unless the command line or the environment sets them, and its addresses become
 * options->sockets. Each setting that has no effect here becomes a warning.
 * Returns 0, or -1 with an error that names the option and the file. */
MUST_CHECK int options_dstack_read(struct options *options, struct error *error);

/* Uses app-compose.json, appkeys.json and sys-config.json of the working directory if all three are
 * there and no option says anything about the app. Sets options->uses_found_files. */
MUST_CHECK int options_dstack_find_files(struct options *options, struct error *error);

#endif
