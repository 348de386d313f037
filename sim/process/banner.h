/* What people are told when the simulator has started. */
#ifndef PROCESS_BANNER_H
#define PROCESS_BANNER_H

#include <stdio.h>

#include "sim/process/endpoints.h"

/* What is said first if those files are used (options->uses_found_files). */
#define BANNER_FOUND_FILES                                                                                   \
    "Using app-compose.json, appkeys.json and sys-config.json of this directory, as dstack's simulator does"

/* micros: time from the start of the process until it is ready. */
void banner_print(FILE *stream, const struct endpoints *endpoints, const struct site *site, uint64_t micros);

/* One line about where the program serves, for logs and the service manager. */
void banner_summary(const struct endpoints *endpoints, char *text, size_t size);

#endif
