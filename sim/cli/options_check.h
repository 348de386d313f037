/* What the table of options says of single values: checks, and lists of words. */
#ifndef CLI_OPTIONS_CHECK_H
#define CLI_OPTIONS_CHECK_H

#include <stddef.h>

#include "sim/base/error.h"

/* Each takes a value that is not empty and returns 0, or -1 with a sentence. */
MUST_CHECK int options_check_listen(char *value, struct error *error);
MUST_CHECK int options_check_seed(char *value, struct error *error);
MUST_CHECK int options_check_url(char *value, struct error *error); /* takes slashes off the end */
MUST_CHECK int options_check_healthcheck(char *value, struct error *error);
MUST_CHECK int options_check_advisory(char *value, struct error *error);
MUST_CHECK int options_check_fault(char *value, struct error *error);

/* The index-th word, NULL past the last. */
const char *options_check_level(size_t index);
const char *options_check_format(size_t index);
const char *options_check_tcb_status(size_t index);

#endif
